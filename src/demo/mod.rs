//! `replyd demo`: the unchanged daemon against a mail server inside the process.
//!
//! In: nothing but this computer. Out: a story whose every line comes from the store and from fetched letters.
//! Never here: a socket that is not loopback; a shortcut around SMTP, IMAP or HTTP; anything the other rooms would need to know.

pub mod people;
pub mod server;
