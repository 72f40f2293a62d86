//! The listener from outside: what a person, a scanner and a vandal get to see, and what reaches the daemon.

mod browser;
mod forms;
mod house;
mod interviews;
mod limits;
mod pages;
mod scanners;
