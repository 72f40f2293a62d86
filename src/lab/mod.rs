//! (room)

pub mod decide;
