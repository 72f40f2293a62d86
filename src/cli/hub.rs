//! `replyd hub`.

use std::path::Path;

use clap::{Args, Subcommand};

use super::{Failure, Office, print_line};
use crate::daemon::hub_link;
use crate::link::ENTRY_MINUTES;
use crate::model::Address;

/// The recruiters' pages, at PUBLIC_URL/hub.
#[derive(Debug, Args)]
#[command(arg_required_else_help = true, after_help = "Example:\n  replyd hub link maria@agency.example")]
pub(super) struct Hub {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Print a link that lets a recruiter in, for whoever sits at this machine. It works for 15 minutes and opens one device.
    #[command(after_help = "Example:\n  replyd hub link maria@agency.example")]
    Link {
        /// A recruiter's address: one of a batch, or of [[recruiters]] in config.toml.
        address: Address,
    },
}

impl Hub {
    pub(super) fn run(self, config: &Path) -> Result<(), Failure> {
        let Action::Link { address } = self.action;
        let office = Office::open(config)?;
        let made = hub_link(&office.store, &office.ink, &office.config.recruiters, &address, office.clock.now());
        match office.runtime.block_on(made)? {
            Some((_, url)) => {
                eprintln!("hint: works for {ENTRY_MINUTES} minutes, opens one device");
                print_line(&url)
            }
            None => Err(Failure::Input(format!(
                "{address} is nobody's here: no batch names this recruiter, nor does [[recruiters]] in config.toml"
            ))),
        }
    }
}
