//! replyd: an email-first daemon for recruiting agencies.
//!
//! It puts candidates forward to clients by mail, reads what people answer, and carries each submission to a decision that stands,
//! without anyone opening a web application. This page is the map; each room's own page says what comes in, what goes out, and
//! what never happens there.
//!
//! # The picture
//!
//! Mail walks through the house from the front door to the back door. It does not turn around.
//!
//! ```text
//!  FRONT DOORS                  QUIET ROOMS  (no I/O, no clock, no dice)                    BACK DOOR
//!  ┌───────┐ bytes ┌──────────┐ Message ┌────────┐ Reply ┌───────────────┐ effects ┌──────────┐ letters ┌─────────┐
//!  │ inbox │──────▶│ message  │────────▶│ reply  │──────▶│ conversation  │────────▶│ compose  │────────▶│ outbox  │──▶ SMTP
//!  └───────┘ IMAP  └──────────┘         └────────┘   ┌──▶│ (state,event, │         └──────────┘         └─────────┘
//!  ┌───────┐ press ┌──────────┐         Reply        │   │  now)→effects │                                  │
//!  │ http  │──────▶│ link     │──────────────────────┘   └───────────────┘                                  │
//!  └───────┘       └──────────┘                                  ▲                                          │
//!                                                                └── due deadlines, refused recipients ─────┘
//!  ═════════ store: SQLite. One transaction per event: state, queued letters, deadlines ═════════════ cellar ══
//!  ───────── model, calendar: ids, addresses, zones, hours, slots, iTIP ────────────────────────── foundation ──
//!                  daemon: the hallway, carries things between doors, cellar and rooms.   cli: the front office.
//! ```
//!
//! # A reply arrives
//!
//! 1. [`inbox`] finds a UID that the ledger does not know, fetches it, and hands the bytes over. [`store`] keeps them
//!    (`messages`, state `stored`) before anything reads them.
//! 2. [`daemon`] marks the message as being read; a crash leaves the mark, three marks set it aside. [`message`] says what kind of
//!    mail it is. The tag in the address it came to, signed by [`link`], names the letter it answers.
//! 3. With that letter's text beside it, [`message::own_text`] finds what the sender wrote, and [`reply::read`] what it says,
//!    with the words each finding rests on, and the doubts.
//! 4. The sender matrix ([`conversation::Standing`]) decides what that may do. [`conversation::step`] turns conversation, event and
//!    time into the next conversation and effects: a decision rests, a receipt is to be sent, a line goes into the timeline.
//! 5. [`compose`] makes finished letters of the effects. State, letters, deadlines, how far each submission has come, and the message's end are
//!    committed together.
//! 6. [`outbox`] sends the letters as stored. "Sent" is what a server answered with 250 after the last dot.
//!
//! # A link is pressed
//!
//! 1. GET: [`http`] checks the token's MAC, asks the daemon what the page shows, and shows it. Nothing changes.
//! 2. POST with the page's nonce: a [`http::Press`]. The daemon makes the same event of it that a sentence in a mail becomes,
//!    `Replied { standing, reply, via }`, and from there on it is the same way: steps 4 to 6 above.
//! 3. Presses are acknowledged some seconds later in one receipt, so that a machine which presses everything is found out before
//!    anything leaves.
//!
//! # A recruiter hands in by mail
//!
//! [`handin::read`] makes a draft of a mail that names a client, a contact, a role and candidates, with what is missing and what is in
//! doubt; [`handin::correct`] reads the answer to its preview. Both read text and nothing else.
//!
//! # A recruiter orders
//!
//! 1. A mail whose sender a batch names as its recruiter, and for whom the receiving server vouches, is laid against the tables of orders
//!    ([`reply::orders`]), by [`conversation::from_desk`], which makes [`conversation::Command`]s of it.
//! 2. As `Ordered { commands, unread, undo, … }` it steps the conversation: some of it is done at once, what writes to others rests, and an echo
//!    tells what was read. The command line and the hub make the same commands, which rest nowhere.
//! 3. What belongs to no batch ("status", the letter each morning) is a letter of the desk, [`compose::desk`].
//!
//! # Somebody asks for figures
//!
//! [`cli`], or whoever shows a report, asks [`store`], which reads how far each submission has come ([`conversation::Milestones`]) and lets
//! [`figures`] count: values, which the same room turns into text, a table or a plot.
//!
//! # Another system is told
//!
//! 1. What a step did becomes [`conversation::PublicEvent`]s, a value for each line of the timeline. They are added to the feed in the step's own
//!    transaction, each with a delivery for every endpoint that wants it: the bytes are written then, and never again.
//! 2. [`daemon`] has a loop for each endpoint. [`webhook`] signs one event and sends it once; the daemon writes down what was answered, or when it is
//!    tried again. Whoever would rather ask finds the same events at `/v1/events`, by a cursor.
//!
//! # What never happens
//!
//! - A clock is read or dice are thrown outside [`daemon`] (the front office and the demo start clocks of their own).
//! - SQL is written outside [`store`].
//! - A door imports another door: what it must ask or record it is handed as a closure or trait object.
//! - A letter leaves that was not stored before, or other bytes than those stored.
//! - Something that was not understood is guessed.
//!
//! `tests/it/tidy.rs` reads the sources and holds them to this. Rooms below in walking order.

pub mod model;

pub mod calendar;

pub mod message;

pub mod reply;

pub mod handin;

pub mod link;

pub mod conversation;

pub mod figures;

pub mod compose;

pub mod store;

pub mod net;

pub mod inbox;

pub mod http;

pub mod outbox;

pub mod oauth;

pub mod feed;

pub mod webhook;

pub mod daemon;

pub mod config;

pub mod cli;

#[cfg(feature = "demo")]
pub mod demo;

pub mod lab;

pub mod simulate;

pub mod check;
