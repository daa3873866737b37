//! The commands that draw one field for people to look at.

use std::error::Error;

use super::{
    CommandResult, Outcome,
    arguments::{Composite, FieldChoice, Regions},
    sets, terminal,
};
use crate::{
    atlas::Field,
    pipeline::{
        composite::composite as draw_composite,
        region_colours::region_colours,
        sample_depth::{SampleDepth, field_at_8_bit},
    },
    storage::{read_field, write_picture},
    workbench::cutting::cut,
};

/// `composite`: the stains in colour.
pub fn composite(command: &Composite) -> CommandResult {
    let params = command.params()?;
    let field = read(&command.field, command.sample_depth.into())?;
    write_picture(&command.field.out, &draw_composite(&field, &params))?;
    terminal::say(&format!("the picture is {}", command.field.out.display()));
    Ok(Outcome::Well)
}

/// `regions`: nuclei and cells in colours.
pub fn regions(command: &Regions) -> CommandResult {
    let params = command.measurement.recipe()?.measurement;
    let field = read(&command.field, params.sample_depth)?;
    let segmentation = cut(&field, &params.segmentation.into())?.segmentation;
    for remark in &segmentation.remarks {
        terminal::complain(&format!("note: {}: {remark}", command.field.id));
    }
    write_picture(&command.field.out, &region_colours(&segmentation.cell_mask, &segmentation.nuclei_mask))?;
    terminal::say(&format!("the picture is {}", command.field.out.display()));
    Ok(Outcome::Well)
}

fn read(choice: &FieldChoice, sample_depth: SampleDepth) -> Result<Field, Box<dyn Error>> {
    let set = sets::open_with_all_stains(&choice.set.set, &choice.set.layout)?;
    let files = set
        .field(&choice.id)
        .ok_or_else(|| format!("the set has no image with the ID '{}' — {}", choice.id, set.root().display()))?;
    let (field, warnings) = field_at_8_bit(read_field(files)?, sample_depth);
    for warning in warnings {
        terminal::complain(&format!("note: {}: {warning}", choice.id));
    }
    Ok(field)
}
