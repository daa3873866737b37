//! Pictures on the graphics card: each is made and sent there once, as long as it is shown.

use std::sync::Arc;

use egui::{ColorImage, Context, TextureHandle, TextureOptions};

use crate::imaging::Plane;

/// A picture as egui wants it.
pub fn picture_image(picture: &Plane<[u8; 3]>) -> ColorImage {
    ColorImage::from_rgb([picture.width(), picture.height()], picture.samples().as_flattened())
}

/// A place for what is made of a source, as long as that is the same.
pub struct Made<T> {
    /// The source, by its address, which is held so that no other can have it; and what else it depends on.
    source: Option<(Arc<dyn std::any::Any + Send + Sync>, u64)>,
    value: Option<T>,
}

impl<T> Default for Made<T> {
    fn default() -> Self {
        Self { source: None, value: None }
    }
}

impl<T> Made<T> {
    /// What `make` makes of a source and of what else it depends on. It is asked only when these are others than before,
    /// and gets what was there.
    pub fn get<S: Send + Sync + 'static>(
        &mut self,
        (source, other): (&Arc<S>, u64),
        make: impl FnOnce(&S, Option<T>) -> T,
    ) -> &T {
        let any: Arc<dyn std::any::Any + Send + Sync> = Arc::<S>::clone(source);
        let is_there = self.source.as_ref().is_some_and(|(there, of)| Arc::ptr_eq(there, &any) && *of == other);
        let before = if is_there { None } else { self.value.take() };
        self.source = Some((any, other));
        self.value.get_or_insert_with(|| make(source, before))
    }
}

/// A place for one picture that changes now and then.
#[derive(Default)]
pub struct Slot(Made<TextureHandle>);

impl Slot {
    /// The picture as a texture: crisp when magnified, smooth when reduced.
    pub fn show(&mut self, context: &Context, name: &str, picture: &Arc<Plane<[u8; 3]>>) -> &TextureHandle {
        self.show_made(context, name, (picture, 0), picture_image)
    }

    /// What `image` makes of a source and of what else it depends on; it is asked only when these are others than
    /// before.
    pub fn show_made<T: Send + Sync + 'static>(
        &mut self,
        context: &Context,
        name: &str,
        source: (&Arc<T>, u64),
        image: impl FnOnce(&T) -> ColorImage,
    ) -> &TextureHandle {
        self.0.get(source, |source, before| {
            let options = TextureOptions { magnification: egui::TextureFilter::Nearest, ..TextureOptions::LINEAR };
            let image = image(source);
            match before {
                Some(mut texture) if texture.size() == image.size => {
                    texture.set(image, options);
                    texture
                }
                _ => context.load_texture(name, image, options),
            }
        })
    }
}
