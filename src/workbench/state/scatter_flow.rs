//! The work behind the scatter plot: the cells as points.

use std::sync::Arc;

use super::Workbench;
use crate::workbench::{
    Focus,
    lane::{Computed, Lane},
    results::SetKey,
    scatter::{Cloud, CloudKey, Components, ScatterWish},
};

/// What is known for the scatter plot, and the work on it.
#[derive(Default)]
pub(super) struct ScatterDesk {
    lane: Lane<CloudKey, (Cloud, Option<Arc<Components>>)>,
    cloud: Option<Computed<CloudKey, Arc<Cloud>>>,
    components: Option<Arc<Components>>,
}

impl ScatterDesk {
    pub(super) fn are_free(&self) -> bool {
        self.lane.is_free()
    }
}

impl Workbench {
    /// The cells as points for `wish`; of cells that are measured meanwhile some may be missing.
    #[must_use]
    pub fn cloud(&self, wish: ScatterWish) -> Option<&Arc<Cloud>> {
        let cloud = self.scatter.cloud.as_ref()?;
        (cloud.inputs.wish == wish && self.is_current(&cloud.inputs.set)).then_some(&cloud.value)
    }

    pub(super) fn take_scatter(&mut self) {
        let opening = self.openings;
        let Some(Computed { inputs, value }) =
            self.scatter.lane.take().filter(|cloud| cloud.inputs.set.opening == opening)
        else {
            return;
        };
        match value {
            Ok((cloud, components)) => {
                // Those of other cells or features are of no use.
                let are_same = |cloud: &Computed<CloudKey, Arc<Cloud>>| cloud.inputs.revision == inputs.revision;
                let before = self.scatter.components.take();
                self.scatter.components =
                    components.or(before.filter(|_| self.scatter.cloud.as_ref().is_some_and(are_same)));
                self.scatter.cloud = Some(Computed { inputs, value: Arc::new(cloud) });
            }
            Err(reason) => self.fail(reason),
        }
    }

    pub(super) fn start_scatter(&mut self, focus: &Focus) {
        let (Some(wish), Some(cells)) = (focus.scatter, self.set_cells().cloned()) else { return };
        let revision = self.results.cells_revision;
        let is_there = self.scatter.cloud.as_ref().is_some_and(|cloud| {
            cloud.inputs.wish == wish && cloud.inputs.revision == revision && self.is_current(&cloud.inputs.set)
        });
        if is_there || !self.scatter.lane.is_free() {
            return;
        }
        let key = CloudKey { set: SetKey::of(&self.project, self.openings), revision, wish };
        // Those of other parameters have other cells or other features.
        let same_cells = self.scatter.cloud.as_ref().filter(|cloud| cloud.inputs.revision == revision);
        let components = same_cells.and(self.scatter.components.clone());
        self.scatter.lane.start(key, &self.wake, move |stop| Ok(Cloud::of(&cells, wish, components, stop)));
    }
}
