//! Tests of compose: the letters as they would leave, byte for byte and as a reader's mail program takes them apart.

mod choices;
mod golden;
mod headers;
pub(crate) mod hostile;
mod html;
mod interviews;
mod letters;
mod limits;
mod meeting;
pub(crate) mod people;
mod several;
mod templates;
