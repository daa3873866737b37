//! Pictures on the graphics card: each is sent there once, as long as it is shown.

use std::sync::Arc;

use egui::{Color32, ColorImage, Context, TextureHandle, TextureOptions};

use crate::imaging::Plane;

/// A place for one picture that changes now and then.
#[derive(Default)]
pub struct Slot {
    /// The picture that is there, by its address; held so that no other can have it.
    source: Option<Arc<dyn std::any::Any + Send + Sync>>,
    texture: Option<TextureHandle>,
}

impl Slot {
    /// The picture as a texture: crisp when magnified, smooth when reduced.
    pub fn show(&mut self, context: &Context, name: &str, picture: &Arc<Plane<[u8; 3]>>) -> &TextureHandle {
        self.show_made(context, name, picture, |picture| {
            ColorImage::from_rgb([picture.width(), picture.height()], picture.samples().as_flattened())
        })
    }

    /// What `image` makes of `source`, which is asked only when the source is another than before.
    pub fn show_made<T: Send + Sync + 'static>(
        &mut self,
        context: &Context,
        name: &str,
        source: &Arc<T>,
        image: impl FnOnce(&T) -> ColorImage,
    ) -> &TextureHandle {
        let any: Arc<dyn std::any::Any + Send + Sync> = Arc::<T>::clone(source);
        let is_there = self.source.as_ref().is_some_and(|there| Arc::ptr_eq(there, &any));
        if !is_there {
            self.source = Some(any);
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
