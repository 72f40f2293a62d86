//! Link listener: GET shows, POST acts.   RFC 9110, 9112
//!
//! In: requests from anybody on the internet. Out: pages, and [`Press`]es handed to the daemon.
//! Never here: the database; a state change on GET or HEAD; a page that needs a script.
//!
//! Recruiters enter by a door of their own, [`hub`], where a session stands in place of a link.
//!
//! A request is looked at in this order: its size and pace (`server`), the MAC of its token (nothing else is asked before),
//! the method, the pace of its network, the nonce, and only then what was pressed (`form`).
//! A link authenticates nobody. What keeps an accident or a scanner from deciding is the nonce and the trap here, and the rule
//! about contradictions, the grace period and the receipt in [`crate::conversation`].

mod api;
mod app;
mod arranging;
mod cookie;
mod cvs;
mod desk;
mod form;
pub mod hub;
mod interview;
mod look;
mod memory;
mod pages;
mod press;
mod problem;
mod routes;
mod server;
mod show;
mod traffic;
mod trial;
mod view;
mod visitor;
mod wire;

pub use api::{Api, ApiKey, ApiLimits, Change, Events, HandedIn, Office, Order, Target};
pub use arranging::{Chosen, Day, InterviewView, Pressed, Stage, Stretch, reader};
pub use cvs::{CvAct, CvAnswer, CvFile, CvLine, CvState, CvTold, CvView, Cvs};
pub use desk::{Check, Confirm, Desk, Health, Limits, Settings};
pub use pages::{Pages, PagesError};
pub use problem::Problem;
pub use server::serve;
pub use traffic::Traffic;
pub use view::{Action, Answer, CandidateView, ParkedState, ParkedView, Press, SilentView, View};
