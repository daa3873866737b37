//! Every control does what it says: it leads to an edit, or to another view.

use cytoscribe::{
    atlas::Channel,
    pipeline::{
        composite::{CompositeParams, Palette, Window as Contrast},
        sample_depth::SampleDepth,
        segmentation::{Method, Preset, SegmentationParams},
    },
};
use egui::{Key, Modifiers, Role};
use egui_kittest::kittest::{NodeT, Queryable};

use super::Window;

/// What a slider sets, read from the parameters.
type Read = fn(&SegmentationParams) -> f64;

/// The sliders of the standard method: name, which of those of this name, a value, what it sets.
const STANDARD: [(&str, usize, f64, Read); 4] = [
    ("Working size", 0, 300.0, |params| f64::from(params.working_size)),
    ("Nucleus threshold", 0, 0.7, |params| params.standard.nucleus_threshold),
    ("Split", 0, 0.9, |params| params.standard.split),
    ("Cell extent", 0, 0.3, |params| params.standard.cell_extent),
];

/// Those of the reference.
const REFERENCE: [(&str, usize, f64, Read); 8] = [
    ("Working size", 0, 300.0, |params| f64::from(params.working_size)),
    ("Median window", 0, 0.02, |params| params.nuclei_background.median_window),
    ("Background quantile", 0, 0.5, |params| params.nuclei_background.quantile),
    ("Smallest gap", 0, 0.05, |params| params.nuclei_background.smallest_gap),
    ("Marker quantile", 0, 0.8, |params| params.marker_quantile),
    ("Median window", 1, 0.02, |params| params.cell_background.median_window),
    ("Background quantile", 1, 0.5, |params| params.cell_background.quantile),
    ("Smallest gap", 1, 0.05, |params| params.cell_background.smallest_gap),
];

fn each_slider_changes_its_parameter_alone(window: &mut Window, sliders: &[(&str, usize, f64, Read)]) {
    let usual = window.workbench().project().segmentation().clone();
    for &(name, number, value, read) in sliders {
        window.harness.get_all_by_role_and_label(Role::Slider, name).nth(number).unwrap().set_value_accesskit(value);
        window.harness.run_steps(3);
        let params = window.workbench().project().segmentation().clone();
        assert!((read(&params) - value).abs() < 1e-6, "{name} {number}: {}", read(&params));
        let others = sliders.iter().filter(|(other, of, ..)| (*other, *of) != (name, number));
        assert!(others.into_iter().all(|(.., read)| read(&params).to_bits() == read(&usual).to_bits()), "{name}");
        window.wait_for_cells(0);
        // Its arrow brings it back.
        let reset = format!("Reset {}", name.to_lowercase());
        // Not with the pointer: in a low window it may have to be scrolled to.
        window.harness.get_all_by_label(&reset).nth(number).unwrap().click_accesskit();
        window.harness.run_steps(3);
        assert_eq!(*window.workbench().project().segmentation(), usual, "{name} {number}");
    }
}

#[test]
fn every_slider_of_the_segmentation_changes_its_parameter_alone_and_the_cells_follow() {
    let mut window = Window::open(1);
    window.key(Modifiers::COMMAND, Key::Num2);
    window.wait_for_cells(0);
    each_slider_changes_its_parameter_alone(&mut window, &STANDARD);
    choose_reference(&mut window);
    each_slider_changes_its_parameter_alone(&mut window, &REFERENCE);
}

fn choose_reference(window: &mut Window) {
    window.harness.get_by_label("Reference").click();
    window.harness.run_steps(3);
    assert_eq!(*window.workbench().project().segmentation(), Preset::Reference.params());
    window.wait_for_cells(0);
}

#[test]
fn going_to_the_other_method_and_back_loses_no_parameter() {
    let mut window = Window::open(1);
    window.key(Modifiers::COMMAND, Key::Num2);
    window.wait_for_cells(0);
    window.harness.get_by_role_and_label(Role::Slider, "Split").set_value_accesskit(0.9);
    window.harness.run_steps(3);
    window.harness.get_by_label("Reference").click();
    window.harness.run_steps(3);
    window.harness.get_by_role_and_label(Role::Slider, "Marker quantile").set_value_accesskit(0.8);
    window.harness.run_steps(3);
    window.harness.get_by_label("Standard").click();
    window.harness.run_steps(3);
    window.wait_for_cells(0);
    let params = window.workbench().project().segmentation().clone();
    assert_eq!((params.method, params.working_size), (Method::Standard, 512));
    assert!((params.standard.split - 0.9).abs() < 1e-6 && (params.marker_quantile - 0.8).abs() < 1e-6, "{params:?}");
}

#[test]
fn bright_edges_are_removed_on_demand_with_a_length_of_their_own() {
    let mut window = Window::open(1);
    window.key(Modifiers::COMMAND, Key::Num2);
    choose_reference(&mut window);
    window.harness.get_by_label("Remove bright edges").click_accesskit();
    window.harness.run_steps(3);
    assert_eq!(window.workbench().project().segmentation().bright_edges, Some(SegmentationParams::USUAL_BRIGHT_EDGES));
    let name = SegmentationParams::BRIGHT_EDGES.name;
    let name = format!("{}{}", name[..1].to_uppercase(), &name[1..]);
    window.harness.get_by_role_and_label(Role::Slider, &name).set_value_accesskit(0.1);
    window.harness.run_steps(3);
    assert_eq!(window.workbench().project().segmentation().bright_edges, Some(0.1));
    window.harness.get_by_label("Remove bright edges").click_accesskit();
    window.harness.run_steps(3);
    assert_eq!(*window.workbench().project().segmentation(), Preset::Reference.params());
}

#[test]
fn what_of_the_cells_is_drawn_can_be_chosen() {
    let mut window = Window::open(1);
    window.key(Modifiers::COMMAND, Key::Num2);
    window.wait_for_cells(0);
    let overlay = |window: &Window| window.harness.state().view().kept.overlay.clone();
    let usual = overlay(&window);
    let mut seen = vec![usual.clone()];
    for (role, name) in [
        (Role::CheckBox, "cells"),
        (Role::CheckBox, "nuclei"),
        (Role::Button, "labels"),
        (Role::CheckBox, "Show cells"),
    ] {
        window.harness.get_by_role_and_label(role, name).click();
        window.harness.run_steps(3);
        assert!(!seen.contains(&overlay(&window)), "{name}");
        seen.push(overlay(&window));
    }
    window.harness.get_by_role_and_label(Role::CheckBox, "Show cells").click();
    window.harness.run_steps(3);
    window.harness.get_by_role_and_label(Role::Slider, "Fill").set_value_accesskit(0.5);
    window.harness.run_steps(3);
    assert!((overlay(&window).fill - 0.5).abs() < 1e-6);
    // None of it is a decision.
    assert!(window.workbench().history().undoes().is_none());
}

#[test]
fn a_stage_is_chosen_from_the_list() {
    let mut window = Window::open(1);
    window.key(Modifiers::COMMAND, Key::Num2);
    window.wait_for_cells(0);
    window.harness.get_by_role_and_label(Role::ComboBox, "Look at").click();
    window.harness.run_steps(2);
    window.harness.get_by_role_and_label(Role::Button, "Cells: landscape").click();
    window.harness.run_steps(3);
    assert_eq!(window.harness.state().view().kept.layer.name(Method::Standard), "Cells: landscape");
}

#[test]
fn every_control_of_the_display_changes_what_it_names() {
    let mut window = Window::open(1);
    window.wait("a picture", |workbench| !workbench.results().pictures.is_empty());
    let display = |window: &Window| window.workbench().project().display().clone();
    let at_first = window.workbench().project().clone();
    for channel in Channel::ALL {
        let name = format!("{}{}", channel.name()[..1].to_uppercase(), &channel.name()[1..]);
        window.harness.get_by_role_and_label(Role::CheckBox, &name).click();
        window.harness.run_steps(3);
        assert!(!display(&window).stains[channel.index()].shown, "{name}");
        window.harness.get_by_role_and_label(Role::CheckBox, &name).click();
        window.harness.run_steps(3);
        window.harness.get_by_label(&format!("Automatic contrast of {}", channel.name())).click();
        window.harness.run_steps(3);
        assert_eq!(display(&window).stains[channel.index()].window, Contrast::AUTOMATIC, "{name}");
        window.harness.get_by_label(&format!("Automatic contrast of {}", channel.name())).click();
        window.harness.run_steps(3);
        assert_eq!(display(&window), CompositeParams::default(), "{name}");
    }
    window.harness.get_by_role_and_label(Role::Slider, "Brightness").set_value_accesskit(2.5);
    window.harness.run_steps(3);
    assert!((display(&window).brightness - 2.5).abs() < 1e-6);
    window.harness.get_by_role_and_label(Role::ComboBox, "Colours").click();
    window.harness.run_steps(2);
    window.harness.get_by_role_and_label(Role::Button, "Colour-blind safe").click();
    window.harness.run_steps(3);
    assert_eq!(display(&window).palette, Palette::ColourBlindSafe);
    window.harness.get_by_role_and_label(Role::Button, "percentiles").click();
    window.harness.run_steps(3);
    assert_eq!(window.workbench().project().sample_depth(), SampleDepth::PercentileWindow);
    window.harness.get_by_role_and_label(Role::Slider, "Pixel size").set_value_accesskit(0.5);
    window.harness.run_steps(3);
    assert!((window.workbench().project().pixel_size_um() - 0.5).abs() < 1e-3);
    // Each was a step of its own; all of them undone, everything is as at first.
    while window.workbench().history().undoes().is_some() {
        window.key(Modifiers::COMMAND, Key::Z);
    }
    assert_eq!(*window.workbench().project(), at_first);
}

#[test]
fn black_and_white_are_dragged_on_the_histogram_in_one_step() {
    let mut window = Window::open(1);
    window.wait("a picture", |workbench| !workbench.results().pictures.is_empty());
    let place = window.harness.get_by_label("Black and white of nucleus").rect();
    let at = |share: f32| egui::pos2(place.left() + share * place.width(), place.center().y);
    window.harness.hover_at(at(0.02));
    window.harness.step();
    window.harness.drag_at(at(0.02));
    window.harness.step();
    for share in [0.1, 0.2, 0.3] {
        window.harness.hover_at(at(share));
        window.harness.step();
    }
    window.harness.drop_at(at(0.3));
    window.harness.run_steps(3);
    let contrast = window.workbench().project().display().stains[Channel::Nucleus.index()].window;
    let Contrast::Levels { black, white } = contrast else { panic!("{contrast:?}") };
    assert!(black.abs_diff(77) <= 2 && white == 255, "{contrast:?}");
    window.key(Modifiers::COMMAND, Key::Z);
    assert_eq!(*window.workbench().project().display(), CompositeParams::default());
}

#[test]
fn the_tool_bar_does_what_its_buttons_say() {
    let mut window = Window::open(2);
    window.wait_for_cells(0);
    let press = |window: &mut Window, name: &str| {
        window.harness.get_by_role_and_label(Role::Button, name).click();
        window.harness.run_steps(3);
    };
    press(&mut window, "Next");
    assert_eq!(window.harness.state().view().field, Some(1));
    press(&mut window, "Previous");
    assert_eq!(window.harness.state().view().field, Some(0));
    press(&mut window, "1:1");
    assert!((window.harness.state().view().camera.unwrap().zoom - 1.0).abs() < 1e-6);
    press(&mut window, "Fit");
    assert!(window.harness.state().view().camera.unwrap().zoom > 1.0);
    press(&mut window, "Cells");
    assert!(!window.harness.state().view().kept.overlay.shown);
    press(&mut window, "Reviewed");
    press(&mut window, "Undo");
    assert!(!window.workbench().project().is_reviewed("field_0"));
    press(&mut window, "Redo");
    assert!(window.workbench().project().is_reviewed("field_0"));
    press(&mut window, "Measure all cells");
    window.wait("all cells", |workbench| {
        workbench.whole_set_task().is_none() && workbench.set_cells().is_some_and(|cells| cells.measured_fields() > 0)
    });
}

#[test]
fn a_parameter_is_set_with_the_keyboard_alone() {
    let mut window = Window::open(1);
    window.wait_for_cells(0);
    window.key(Modifiers::COMMAND, Key::Num2);
    let is_there = |window: &Window| {
        window.harness.get_by_role_and_label(Role::Slider, "Nucleus threshold").accesskit_node().is_focused()
    };
    let mut presses = 0;
    while !is_there(&window) {
        window.key(Modifiers::NONE, Key::Tab);
        presses += 1;
        assert!(presses < 200, "the slider is out of reach");
    }
    window.key(Modifiers::NONE, Key::ArrowRight);
    let threshold = window.workbench().project().segmentation().standard.nucleus_threshold;
    assert!(threshold > SegmentationParams::default().standard.nucleus_threshold, "{threshold}");
}

#[test]
fn panels_scale_bar_and_look_are_switched_by_keys_and_commands() {
    let mut window = Window::open(1);
    window.wait_for_cells(0);
    let kept = |window: &Window| window.harness.state().view().kept.clone();
    let before = kept(&window);
    for key in [Key::F8, Key::F9, Key::B, Key::O] {
        window.key(Modifiers::NONE, key);
    }
    let after = kept(&window);
    assert!(before.browser && before.inspector && before.scale_bar && before.overlay.shown);
    assert!(!after.browser && !after.inspector && !after.scale_bar && !after.overlay.shown);
    window.key(Modifiers::COMMAND | Modifiers::SHIFT, Key::P);
    window.harness.event(egui::Event::Text("light or dark".to_owned()));
    window.harness.run_steps(2);
    window.key(Modifiers::NONE, Key::Enter);
    assert_ne!(kept(&window).theme, before.theme);
}
