//! What to connect to and how patient to be.

use std::path::PathBuf;
use std::time::Duration;

use crate::net::{Login, Tls};

/// A mailbox to read.
#[derive(Debug, Clone)]
pub struct Account {
    /// Its name in config.toml.
    pub name: String,
    /// Host name, also the name its certificate must carry.
    pub host: String,
    /// For instance 993 or 143.
    pub port: u16,
    /// How the connection is protected.
    pub tls: Tls,
    /// User and password or tokens.
    pub login: Login,
    /// PEM file with further trusted CAs.
    pub ca_file: Option<PathBuf>,
    /// Folders to read, as people write them. The first is watched by IDLE, the others are polled.
    pub folders: Vec<String>,
    /// Deadlines and budgets.
    pub limits: Limits,
}

/// Deadlines and budgets of one connection.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// TCP and TLS: 30 s.
    pub connect: Duration,
    /// Longest silence of the server in any command but IDLE: 60 s.
    pub silence: Duration,
    /// Longest time a command may take in which it brings nothing although the server keeps talking: 15 min.
    pub command: Duration,
    /// DONE to the end of IDLE: 15 s.
    pub done: Duration,
    /// Largest message fetched whole: 25 MiB.
    pub message: u64,
    /// What is fetched of a larger one: 256 KiB.
    pub head: u64,
    /// Fetched and not yet kept by the ledger: 32 MiB.
    pub in_flight: u64,
    /// How far back a folder is read that was never seen before, or whose UIDs are no longer valid: 30 days.
    pub rescan_days: u32,
    /// How far back a deep pass looks for messages that showed up late: 14 days.
    pub reconcile_days: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(30),
            silence: Duration::from_secs(60),
            command: Duration::from_secs(15 * 60),
            done: Duration::from_secs(15),
            message: 25 << 20,
            head: 256 << 10,
            in_flight: 32 << 20,
            rescan_days: 30,
            reconcile_days: 14,
        }
    }
}
