//! Undo and redo: two stacks of inverses. One gesture, such as the drag of a slider, is one step.

use super::{Edit, Project};

/// What can be undone and redone.
#[derive(Clone, Debug, Default)]
pub struct History {
    done: Vec<Edit>,
    undone: Vec<Edit>,
    /// Whether the last step of `done` belongs to a gesture that is still going on.
    in_gesture: bool,
}

impl History {
    /// Steps that are kept; older ones are forgotten.
    pub const STEPS: usize = 500;

    /// Applies `edit` to `project` as a step of its own, or as part of the gesture that is going on. What was undone
    /// before can no longer be redone.
    pub fn apply(&mut self, project: &mut Project, edit: Edit) {
        let continues = self.in_gesture && self.done.last().is_some_and(|last| last.concerns_the_same(&edit));
        let inverse = project.apply(edit);
        self.undone.clear();
        // The inverse of a gesture is that of its first edit.
        if !continues {
            self.done.push(inverse);
        }
        if self.done.len() > Self::STEPS {
            self.done.remove(0);
        }
        self.in_gesture = true;
    }

    /// Ends the gesture: the next edit is a step of its own.
    pub fn end_gesture(&mut self) {
        self.in_gesture = false;
    }

    /// Undoes the last step; `false` if there is none.
    pub fn undo(&mut self, project: &mut Project) -> bool {
        self.in_gesture = false;
        let Some(inverse) = self.done.pop() else { return false };
        self.undone.push(project.apply(inverse));
        true
    }

    /// Redoes the step undone last; `false` if there is none.
    pub fn redo(&mut self, project: &mut Project) -> bool {
        self.in_gesture = false;
        let Some(edit) = self.undone.pop() else { return false };
        self.done.push(project.apply(edit));
        true
    }

    /// What the next undo is about, if anything.
    #[must_use]
    pub fn undoes(&self) -> Option<&'static str> {
        self.done.last().map(Edit::name)
    }

    /// What the next redo is about, if anything.
    #[must_use]
    pub fn redoes(&self) -> Option<&'static str> {
        self.undone.last().map(Edit::name)
    }
}
