//! Twelve machines that visit links, against the daemon itself over a real database: whatever they do, nothing follows from it.
//!
//! "Nothing" is: no letter but a receipt or a question to the addressed contact (and its copies), no decision that takes effect, and
//! no change of what people said before. `tests/scanners` runs more of them than `tests/run` does.

mod house;
mod scripts;
mod web;
