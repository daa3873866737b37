//! Images that are worth a look: going from one to the next, and why they are. What makes them so is decided by
//! `pipeline::doubtful_fields`.

use super::{
    browser::Browser,
    view::{Filter, Place, View},
};
use crate::{pipeline::doubtful_fields::FieldDoubt, workbench::Workbench};

/// What the filter for them does.
pub const EXPLANATION: &str = "Lists only images that are worth a look: no nuclei were found, the background is not to be \
                               trusted, or there are far fewer or more cells, far smaller or larger ones, or far more at the \
                               border than in the other images. Hover an image to read why. J goes to the next one, and one \
                               that is marked as reviewed (D) is no longer doubtful.";

/// A reason as it is read beneath the image's name.
pub fn sentence(doubt: &FieldDoubt) -> String {
    format!("Doubtful: {doubt}.")
}

/// Goes to the next one of the listed images, after the last to the first, and says why it is one; or why there is none.
pub fn show_next(workbench: &Workbench, view: &mut View, browser: &mut Browser) {
    let is_doubtful = |index: usize| !workbench.field_doubts(index).is_empty();
    let Some(next) = browser.next_where(view.field, is_doubtful) else {
        view.said = Some(why_none(workbench, view, is_doubtful));
        return;
    };
    let is_only_one = view.field == Some(next);
    view.show(next);
    view.kept.place = Place::Image;
    browser.scroll_to_shown = true;
    let reasons: Vec<String> = workbench.field_doubts(next).iter().map(ToString::to_string).collect();
    let only = if is_only_one { " There is no other one." } else { "" };
    view.said = Some(format!("Doubtful: {}.{only}", reasons.join("; ")));
}

fn why_none(workbench: &Workbench, view: &View, is_doubtful: impl Fn(usize) -> bool) -> String {
    let fields = workbench.opened().map_or(0, |opened| opened.set.fields().len());
    match workbench.judged_fields() {
        0 => "No cells were found yet, so no image is known to be doubtful: find the cells of all images first."
            .to_owned(),
        _ if view.filter != Filter::default() && (0..fields).any(is_doubtful) => {
            "None of the listed images is doubtful; others are, which the filter on the left leaves out.".to_owned()
        }
        judged if judged < fields => {
            let left = fields - judged;
            format!(
                "No image is doubtful among those whose cells were found; {left} of {fields} are still to be segmented."
            )
        }
        _ => "No image is doubtful, or all that were are marked as reviewed.".to_owned(),
    }
}
