//! A hand on mouse and keyboard and an eye on the window: puts input into frames, knows where things are by their
//! accessible names, and when each frame began. What a person does meanwhile is passed over, or it would be measured.

use std::{mem, time::Instant};

use egui::{
    Context, Event, FullOutput, Key, Modifiers, MouseWheelSource, MouseWheelUnit, Plugin, PointerButton, Pos2,
    RawInput, Rect, Role, TouchPhase, pos2, vec2,
};

/// Something in the window that has a name.
#[derive(Clone, Debug)]
pub struct Thing {
    /// What it is.
    pub role: Role,
    /// What it is called.
    pub name: String,
    /// Where it is, in points.
    pub place: Rect,
}

/// The hand.
pub struct Hand {
    /// Input for the next frame.
    input: Vec<Event>,
    frame: Option<u64>,
    frame_began: Instant,
    /// What was seen, from top to bottom; empty until it was looked for.
    seen: Vec<Thing>,
    looks: bool,
}

impl Default for Hand {
    fn default() -> Self {
        Self { input: Vec::new(), frame: None, frame_began: Instant::now(), seen: Vec::new(), looks: false }
    }
}

impl Hand {
    /// When the frame began that is being drawn.
    pub fn frame_began(&self) -> Instant {
        self.frame_began
    }

    /// Everything in the window. Empty if one has to look first; then it is there after the next frame.
    pub fn things(&mut self) -> &[Thing] {
        self.looks = self.seen.is_empty();
        &self.seen
    }

    /// Where the topmost thing of this kind and name is, as [`Hand::things`] tells.
    pub fn find(&mut self, role: Role, name: &str) -> Option<Rect> {
        self.things().iter().find(|thing| thing.role == role && thing.name == name).map(|thing| thing.place)
    }

    /// Forgets where things are, as they may have moved.
    pub fn let_go(&mut self) {
        self.seen.clear();
    }

    /// Presses a key and lets it go.
    pub fn key(&mut self, modifiers: Modifiers, key: Key) {
        let event = |pressed| Event::Key { key, physical_key: None, pressed, repeat: false, modifiers };
        self.input.extend([Event::ModifiersChanged(modifiers), event(true), event(false)]);
        self.input.push(Event::ModifiersChanged(Modifiers::NONE));
    }

    /// Moves the pointer.
    pub fn point(&mut self, at: Pos2) {
        self.input.push(Event::PointerMoved(at));
    }

    /// Moves the pointer and presses the button there.
    pub fn press(&mut self, at: Pos2) {
        self.point(at);
        self.input.push(Self::button(at, true));
    }

    /// Lets the button go.
    pub fn release(&mut self, at: Pos2) {
        self.input.push(Self::button(at, false));
    }

    /// Moves the pointer out of the window.
    pub fn leave(&mut self) {
        self.input.push(Event::PointerGone);
    }

    /// Turns the wheel by so many points downwards.
    pub fn wheel(&mut self, down: f32) {
        self.input.push(Event::MouseWheel {
            unit: MouseWheelUnit::Point,
            delta: vec2(0.0, -down),
            phase: TouchPhase::Move,
            source: MouseWheelSource::Wheel,
            modifiers: Modifiers::NONE,
        });
    }

    fn button(pos: Pos2, pressed: bool) -> Event {
        Event::PointerButton { pos, button: PointerButton::Primary, pressed, modifiers: Modifiers::NONE }
    }
}

impl Plugin for Hand {
    fn debug_name(&self) -> &'static str {
        "hand"
    }

    fn input_hook(&mut self, context: &Context, input: &mut RawInput) {
        let number = context.cumulative_frame_nr();
        // Not for a second pass of the same frame.
        if self.frame.replace(number) != Some(number) {
            self.frame_began = Instant::now();
            input.events = mem::take(&mut self.input);
        }
    }

    fn output_hook(&mut self, _context: &Context, output: &mut FullOutput) {
        let Some(tree) = output.platform_output.accesskit_update.as_ref().filter(|_| self.looks) else { return };
        self.looks = false;
        self.seen = tree
            .nodes
            .iter()
            .filter_map(|(_, node)| {
                let (name, bounds) = (node.label()?.to_owned(), node.bounds()?);
                let corner = |x: f64, y: f64| pos2(x as f32, y as f32);
                let place = Rect::from_min_max(corner(bounds.x0, bounds.y0), corner(bounds.x1, bounds.y1));
                Some(Thing { role: node.role(), name, place })
            })
            .collect();
        self.seen.sort_by(|a, b| a.place.top().total_cmp(&b.place.top()));
    }
}
