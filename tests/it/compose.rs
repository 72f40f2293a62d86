//! Tests of compose: the letters as they would leave, byte for byte and as a reader's mail program takes them apart.

mod golden;
mod headers;
mod hostile;
mod html;
mod limits;
mod people;
mod templates;
