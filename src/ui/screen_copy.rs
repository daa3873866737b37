//! Puts finished pixels on the screen by copying them, for machines where the processor does the work of the graphics
//! card: there a copy takes a tenth of the time in which as many pixels are drawn as a texture.
//!
//! The pixels are kept as a texture that is attached to a framebuffer, and from there copied to the window, by OpenGL
//! itself, as egui's other drawing waits there too. A driver in software copies row by row if nothing has to be turned
//! round: blue comes first, and the upper row too.

#![allow(
    unsafe_code,
    reason = "egui has no way to copy pixels to the screen, and OpenGL none that the compiler checks"
)]

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use eframe::{
    egui_glow::CallbackFn,
    glow::{self, Context, HasContext, PixelUnpackData},
};
use egui::{PaintCallback, Rect, Shape};

use crate::imaging::Plane;

/// A pixel as it is stored: blue, green, red, and opaque.
pub type Pixel = [u8; 4];

/// Pixels that are copied to the screen.
pub struct ScreenCopy(Arc<Mutex<Copied>>);

struct Copied {
    pixels: Plane<Pixel>,
    /// Whether they are others than those in the texture.
    is_new: bool,
    texture: Option<Texture>,
    has_failed: bool,
}

struct Texture {
    name: glow::Texture,
    framebuffer: glow::Framebuffer,
    /// (height, width) of what was sent there last.
    size: (usize, usize),
}

impl ScreenCopy {
    /// Names that drivers go by which draw with the processor.
    const SOFTWARE: [&str; 5] = ["llvmpipe", "softpipe", "swrast", "software rasterizer", "swiftshader"];

    /// If it is the processor that draws; a graphics card is quicker with textures.
    pub fn if_worth_it(gl: &Context) -> Option<Self> {
        // SAFETY: the context is the window's, on its thread, and the name is one that every OpenGL has.
        let renderer = unsafe { gl.get_parameter_string(glow::RENDERER) }.to_lowercase();
        let version = gl.version();
        let can_copy = !version.is_embedded && version.major >= 3;
        (can_copy && Self::SOFTWARE.iter().any(|name| renderer.contains(name))).then(|| {
            Self(Arc::new(Mutex::new(Copied {
                pixels: Plane::filled(0, 0, [0; 4]),
                is_new: false,
                texture: None,
                has_failed: false,
            })))
        })
    }

    /// Whether the driver does what is asked of it; if not, something else must draw.
    pub fn works(&self) -> bool {
        !lock(&self.0).has_failed
    }

    /// Has `draw` draw the pixels anew, of which there are (height, width).
    pub fn redraw(&self, (height, width): (usize, usize), draw: impl FnOnce(&mut Plane<Pixel>)) {
        let mut copied = lock(&self.0);
        if copied.pixels.size() != (height, width) {
            copied.pixels = Plane::filled(height, width, [0; 4]);
        }
        draw(&mut copied.pixels);
        copied.is_new = true;
    }

    /// The pixels with their upper left corner in that of `place`; nothing clips them.
    pub fn shape(&self, place: Rect) -> Shape {
        let copied = Arc::clone(&self.0);
        let copy = CallbackFn::new(move |info, painter| {
            let viewport = info.viewport_in_pixels();
            let corner = (viewport.left_px, info.screen_size_px[1] as i32 - viewport.top_px);
            lock(&copied).show(painter.gl(), corner, painter.intermediate_fbo());
        });
        Shape::Callback(PaintCallback { rect: place, callback: Arc::new(copy) })
    }
}

impl Copied {
    /// Copies the pixels to the framebuffer `onto`; their upper left corner comes to (x, y), y from below.
    fn show(&mut self, gl: &Context, (x, y): (i32, i32), onto: Option<glow::Framebuffer>) {
        let (height, width) = self.pixels.size();
        let (height, width) = (height as i32, width as i32);
        if self.texture.is_none() {
            self.texture = Texture::new(gl);
        }
        let Some(texture) = self.texture.as_mut().filter(|_| height > 0 && width > 0) else {
            self.has_failed = self.texture.is_none();
            return;
        };
        if self.is_new {
            texture.send(gl, &self.pixels);
            self.is_new = false;
        }
        // SAFETY: the context is the window's, on its thread while it draws; the framebuffer is of that context. What
        // else is drawn expects the scissors as they are put back, and binds all else itself.
        unsafe {
            gl.bind_framebuffer(glow::READ_FRAMEBUFFER, Some(texture.framebuffer));
            self.has_failed = gl.check_framebuffer_status(glow::READ_FRAMEBUFFER) != glow::FRAMEBUFFER_COMPLETE;
            if !self.has_failed {
                gl.disable(glow::SCISSOR_TEST);
                // The first row of the texture is the upper one.
                let (colour, nearest) = (glow::COLOR_BUFFER_BIT, glow::NEAREST);
                gl.blit_framebuffer(0, height, width, 0, x, y - height, x + width, y, colour, nearest);
                gl.enable(glow::SCISSOR_TEST);
            }
            gl.bind_framebuffer(glow::READ_FRAMEBUFFER, onto);
        }
    }
}

impl Texture {
    fn new(gl: &Context) -> Option<Self> {
        // SAFETY: the context is the window's, on its thread. All that is made here is kept as long as the context is.
        unsafe {
            let (texture, framebuffer) = gl.create_texture().ok().zip(gl.create_framebuffer().ok())?;
            gl.bind_texture(glow::TEXTURE_2D, Some(texture));
            gl.tex_parameter_i32(glow::TEXTURE_2D, glow::TEXTURE_MIN_FILTER, glow::NEAREST as i32);
            gl.tex_parameter_i32(glow::TEXTURE_2D, glow::TEXTURE_MAX_LEVEL, 0);
            Some(Self { name: texture, framebuffer, size: (0, 0) })
        }
    }

    fn send(&mut self, gl: &Context, pixels: &Plane<Pixel>) {
        let (height, width) = (pixels.height() as i32, pixels.width() as i32);
        let data = PixelUnpackData::Slice(Some(pixels.samples().as_flattened()));
        // SAFETY: as above; the data has as many bytes as the size says, without gaps between rows of whole words.
        unsafe {
            gl.bind_texture(glow::TEXTURE_2D, Some(self.name));
            if self.size == pixels.size() {
                gl.tex_sub_image_2d(glow::TEXTURE_2D, 0, 0, 0, width, height, glow::BGRA, glow::UNSIGNED_BYTE, data);
                return;
            }
            self.size = pixels.size();
            // Without a size of samples in it, the format is that of the data, which is that of the window.
            let (format, kind) = (glow::BGRA, glow::UNSIGNED_BYTE);
            gl.tex_image_2d(glow::TEXTURE_2D, 0, glow::RGBA as i32, width, height, 0, format, kind, data);
            gl.bind_framebuffer(glow::READ_FRAMEBUFFER, Some(self.framebuffer));
            let (target, colour) = (glow::READ_FRAMEBUFFER, glow::COLOR_ATTACHMENT0);
            gl.framebuffer_texture_2d(target, colour, glow::TEXTURE_2D, Some(self.name), 0);
        }
    }
}

fn lock(copied: &Mutex<Copied>) -> MutexGuard<'_, Copied> {
    copied.lock().unwrap_or_else(PoisonError::into_inner)
}
