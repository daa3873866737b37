//! How the image is drawn: stains, contrast, colours, light.

use egui::{Color32, ComboBox, Rect, Sense, Ui, pos2, vec2};

use super::super::{
    parameter_ui::{Scale, capitalised, parameter_ui},
    view::View,
};
use crate::{
    atlas::Channel,
    pipeline::{
        composite::{CompositeParams, Palette, StainParams, Window},
        sample_depth::SampleDepth,
    },
    project::{Edit, Project},
    workbench::{Command, Workbench},
};

/// Draws the tab.
pub fn display_ui(ui: &mut Ui, workbench: &Workbench, view: &View, commands: &mut Vec<Command>) {
    let project = workbench.project();
    let before = project.display();
    let mut display = before.clone();
    presets_ui(ui, &mut display);
    ui.separator();
    let shown = view.field.map(|index| workbench.field_key(index));
    let field = shown.and_then(|key| workbench.results().field(key));
    for channel in Channel::ALL {
        let counts = field.map(|field| &field.counts[channel.index()]);
        let colour = display.palette.colour(channel);
        stain_ui(ui, channel, colour, &mut display.stains[channel.index()], counts);
        ui.add_space(4.0);
    }
    ui.separator();
    ui.checkbox(&mut display.match_histograms, "Match histograms").on_hover_text(
        "Gives every shown stain the histogram of their mean: dim stains become visible, brightness can no longer be \
         compared between images.",
    );
    parameter_ui(ui, &CompositeParams::GAMMA, &mut display.gamma, 1.0, Scale::FACTOR);
    let brightness = Scale { slider_to: Some(5.0), is_logarithmic: false, ..Scale::FACTOR };
    parameter_ui(ui, &CompositeParams::BRIGHTNESS, &mut display.brightness, 1.0, brightness);
    depth_ui(ui, workbench, view, commands);
    ui.separator();
    let mut pixel_size = project.pixel_size_um();
    let scale = Scale { speed: 0.001, decimals: 4, is_logarithmic: true, slider_to: Some(2.0) };
    if parameter_ui(ui, &Project::PIXEL_SIZE, &mut pixel_size, Project::USUAL_PIXEL_SIZE_UM, scale) {
        commands.push(Command::Edit(Edit::PixelSize(pixel_size)));
    }
    if display != *before {
        commands.push(Command::Edit(Edit::Display(display)));
    }
}

/// How deeper samples become 8 bit, and what is remarkable about them.
fn depth_ui(ui: &mut Ui, workbench: &Workbench, view: &View, commands: &mut Vec<Command>) {
    let shown = view.field.map(|index| workbench.field_key(index));
    let remarks = shown.and_then(|key| workbench.results().field(key)).map(|field| &field.remarks[..]);
    let before = workbench.project().sample_depth();
    let mut depth = before;
    ui.horizontal(|ui| {
        ui.label("16-bit files");
        ui.selectable_value(&mut depth, SampleDepth::FullRange, "full range")
            .on_hover_text("0 to 65,535 become 0 to 255: images stay comparable.");
        ui.selectable_value(&mut depth, SampleDepth::PercentileWindow, "percentiles").on_hover_text(
            "From the 0.001 to the 99.999 percentile of each stain, as the Human Protein Atlas shows its own: for \
             files that use a part of the range. What is measured changes with it.",
        );
    });
    for remark in remarks.unwrap_or_default() {
        ui.label(egui::RichText::new(remark).size(11.5).color(ui.visuals().warn_fg_color));
    }
    if depth != before {
        commands.push(Command::Edit(Edit::SampleDepth(depth)));
    }
}

fn presets_ui(ui: &mut Ui, display: &mut CompositeParams) {
    ui.horizontal_wrapped(|ui| {
        let name = match display.palette {
            Palette::Atlas => "Atlas colours",
            Palette::ColourBlindSafe => "Colour-blind safe",
            Palette::Grey => "Grey",
        };
        let palettes = [
            (Palette::Atlas, "Atlas colours", "Microtubules red, protein green, nucleus blue, ER yellow."),
            (
                Palette::ColourBlindSafe,
                "Colour-blind safe",
                "Microtubules magenta, protein green, nucleus cyan, ER yellow.",
            ),
            (Palette::Grey, "Grey", "Every stain in grey: for one stain alone."),
        ];
        let colours = ComboBox::from_id_salt("Colours").selected_text(name).show_ui(ui, |ui| {
            for (palette, name, hover) in palettes {
                ui.selectable_value(&mut display.palette, palette, name).on_hover_text(hover);
            }
        });
        colours.response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::ComboBox, true, "Colours"));
        let auto = ui
            .button("Auto contrast")
            .on_hover_text("Finds black and white of each stain by its percentiles 0.1 and 99.9, in every image anew.");
        if auto.clicked() {
            display.stains.iter_mut().for_each(|stain| stain.window = Window::AUTOMATIC);
        }
        let reset = ui.button("Reset").on_hover_text("All of it as at first: four stains as they are.");
        if reset.clicked() {
            *display = CompositeParams::default();
        }
    });
}

fn stain_ui(ui: &mut Ui, channel: Channel, colour: [f32; 3], stain: &mut StainParams, counts: Option<&[u32; 256]>) {
    let [r, g, b] = colour.map(|share| (255.0 * share) as u8);
    // Half strength is drawn full here, so that the swatch of the reticulum is yellow and not olive.
    let swatch = if channel == Channel::EndoplasmicReticulum && r == g && b == 0 {
        Color32::from_rgb(220, 200, 40)
    } else {
        Color32::from_rgb(r, g, b)
    };
    ui.horizontal(|ui| {
        let name = capitalised(channel.name());
        ui.checkbox(&mut stain.shown, name);
        let (rect, _) = ui.allocate_exact_size(vec2(12.0, 12.0), Sense::hover());
        ui.painter().rect_filled(rect, 3.0, swatch);
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            let mut is_automatic = matches!(stain.window, Window::Percentiles { .. });
            let automatic = ui.toggle_value(&mut is_automatic, "auto");
            automatic.widget_info(|| {
                egui::WidgetInfo::selected(
                    egui::Role::CheckBox,
                    true,
                    is_automatic,
                    format!("Automatic contrast of {}", channel.name()),
                )
            });
            if automatic.on_hover_text("Black and white by percentiles of each image.").clicked() {
                stain.window = if is_automatic { Window::AUTOMATIC } else { Window::FULL };
            }
        });
    });
    if stain.shown {
        histogram_ui(ui, channel, swatch, stain, counts);
    }
}

/// The histogram with handles for black and white.
fn histogram_ui(ui: &mut Ui, channel: Channel, colour: Color32, stain: &mut StainParams, counts: Option<&[u32; 256]>) {
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 46.0), Sense::click_and_drag());
    response.widget_info(|| {
        egui::WidgetInfo::labeled(egui::Role::Slider, true, format!("Black and white of {}", channel.name()))
    });
    let painter = ui.painter_at(rect);
    painter.rect_filled(rect, 3.0, ui.visuals().extreme_bg_color);
    let x_of = |level: f64| rect.left() + (level / 255.0) as f32 * rect.width();
    if let Some(counts) = counts {
        let tallest = f64::from(counts[1..].iter().copied().max().unwrap_or(0)).max(1.0).ln_1p();
        let bar = rect.width() / 256.0;
        let mut mesh = egui::Mesh::default();
        for (level, &count) in counts.iter().enumerate() {
            let height = (f64::from(count).ln_1p() / tallest).min(1.0) as f32 * (rect.height() - 4.0);
            let left = rect.left() + level as f32 * bar;
            let place = Rect::from_min_max(pos2(left, rect.bottom() - height), pos2(left + bar, rect.bottom()));
            mesh.add_colored_rect(place, colour.gamma_multiply(0.75));
        }
        painter.add(mesh);
    }
    match &mut stain.window {
        Window::Levels { black, white } => {
            if let Some(pointer) = response.interact_pointer_pos().filter(|_| response.dragged() || response.clicked())
            {
                let level =
                    (255.0 * f64::from((pointer.x - rect.left()) / rect.width())).round().clamp(0.0, 255.0) as u8;
                // The handle that was nearer when the drag began is the one that moves.
                let start = ui.input(|input| input.pointer.press_origin()).unwrap_or(pointer);
                let held_black = ui.memory_mut(|memory| {
                    let held = memory.data.get_temp_mut_or_insert_with(response.id, || {
                        let from = |level: u8| (x_of(f64::from(level)) - start.x).abs();
                        from(*black) <= from(*white) && level < *white
                    });
                    *held
                });
                if held_black {
                    *black = level.min(white.saturating_sub(1));
                } else {
                    *white = level.max(black.saturating_add(1));
                }
            } else {
                ui.memory_mut(|memory| memory.data.remove::<bool>(response.id));
            }
            for level in [*black, *white] {
                let x = x_of(f64::from(level));
                painter.vline(x, rect.y_range(), egui::Stroke::new(2.0, ui.visuals().strong_text_color()));
            }
            let (black, white) = (*black, *white);
            response.on_hover_text(format!(
                "Drag black ({black}) and white ({white}): levels up to black are dark, those from white on fully lit. \
                 Counts are logarithmic."
            ));
        }
        Window::Percentiles { black, white } => {
            let text = format!("black {black} %, white {white} % of the pixels");
            response.on_hover_text(text);
            ui.horizontal(|ui| {
                ui.weak("percentiles");
                ui.add(egui::DragValue::new(black).range(0.0..=*white).speed(0.05).suffix(" %"))
                    .on_hover_text(Window::BLACK_PERCENTILE.hover);
                ui.add(egui::DragValue::new(white).range(*black..=100.0).speed(0.05).suffix(" %"))
                    .on_hover_text(Window::WHITE_PERCENTILE.hover);
            });
        }
    }
}
