//! Pictures on the graphics card: each is sent there once, as long as it is shown.

use std::sync::Arc;

use egui::{Color32, ColorImage, Context, TextureHandle, TextureOptions};

use crate::imaging::Plane;

/// A picture as egui wants it.
pub fn picture_image(picture: &Plane<[u8; 3]>) -> ColorImage {
    ColorImage::from_rgb([picture.width(), picture.height()], picture.samples().as_flattened())
}

/// A place for one picture that changes now and then.
#[derive(Default)]
pub struct Slot {
    /// The picture that is there, by its address, which is held so that no other can have it; and what else it depends
    /// on.
    source: Option<(Arc<dyn std::any::Any + Send + Sync>, u64)>,
    texture: Option<TextureHandle>,
}

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
        (source, other): (&Arc<T>, u64),
        image: impl FnOnce(&T) -> ColorImage,
    ) -> &TextureHandle {
        let any: Arc<dyn std::any::Any + Send + Sync> = Arc::<T>::clone(source);
        let is_there = self.source.as_ref().is_some_and(|(there, of)| Arc::ptr_eq(there, &any) && *of == other);
        if !is_there {
            self.source = Some((any, other));
            let options = TextureOptions { magnification: egui::TextureFilter::Nearest, ..TextureOptions::LINEAR };
            let image = image(source);
            match &mut self.texture {
                Some(texture) if texture.size() == image.size => texture.set(image, options),
                other => *other = Some(context.load_texture(name, image, options)),
            }
        }
        self.texture.get_or_insert_with(|| {
            let empty = ColorImage::new([1, 1], vec![Color32::TRANSPARENT]);
            context.load_texture(name, empty, TextureOptions::NEAREST)
        })
    }
}
