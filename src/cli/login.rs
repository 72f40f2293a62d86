//! `replyd login`.

use std::io::{BufRead as _, IsTerminal as _};
use std::path::Path;

use clap::Args;

use super::{Failure, print_line};
use crate::config::{Config, OAuth};
use crate::oauth::{Browser, Dice, Grant, Refusal, Right, store};

/// Log in to the mail account with OAuth2, once; the daemon does the rest.
#[derive(Debug, Args)]
#[command(
    after_help = "Needs [oauth] client_id in config.toml. Microsoft: a page and a code to type there, on any device.\nGoogle, or --browser: a page that comes back to this machine; from another machine, paste the address the browser ends up at.\n\nExamples:\n  replyd login\n  replyd login microsoft --browser    # where no device codes are allowed\n\nA running daemon that waits for a login goes on within seconds."
)]
pub(super) struct Login {
    /// The provider, as a check that config.toml means the same.
    #[arg(value_parser = ["google", "microsoft", "custom"])]
    provider: Option<String>,
    /// With a browser also where a code would do.
    #[arg(long)]
    browser: bool,
}

impl Login {
    pub(super) fn run(self, config: &Path) -> Result<(), Failure> {
        let Some(oauth) = Config::load(config)?.oauth else {
            return Err(Failure::Input(
                "config.toml has no [oauth] client_id: nothing to log in with".to_owned(),
            ));
        };
        let Right::Person(file) = &oauth.settings.right else {
            return Err(Failure::Input(
                "[oauth] app_only needs no login: the application has a right of its own".to_owned(),
            ));
        };
        if let Some(said) = self.provider.filter(|said| *said != oauth.provider) {
            return Err(Failure::Input(format!(
                "config.toml means {}, not {said}: see [oauth] provider",
                oauth.provider
            )));
        }
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(Failure::Output)?;
        let grant = runtime.block_on(async {
            match (&oauth.device, &oauth.page) {
                (Some(device), page) if !(self.browser && page.is_some()) => {
                    let code = device.code(&oauth.settings).await?;
                    print_line(&format!("Open   {}\nand type   {}", code.page, code.code))?;
                    Ok(device.wait(&oauth.settings, &code).await?)
                }
                (_, Some(page)) => in_browser(&oauth, page).await,
                (_, None) => Err(Failure::Input(
                    "[oauth] has neither device_endpoint nor authorize_endpoint".to_owned(),
                )),
            }
        })?;
        let refresh = grant
            .refresh
            .ok_or_else(|| Failure::Input("the provider gave no refresh token; the scopes must ask for offline access".to_owned()))?;
        store(file, &refresh).map_err(|error| {
            Failure::Output(std::io::Error::new(
                error.kind(),
                format!("{}: {error}; set [oauth] token_file to a place that can be written", file.display()),
            ))
        })?;
        print_line(&format!("Logged in; the token is in {}", file.display()))
    }
}

async fn in_browser(oauth: &OAuth, page: &str) -> Result<Grant, Failure> {
    let browser = Browser::new(page.to_owned(), dice()?).await.map_err(Failure::Output)?;
    print_line(&format!("Open   {}", browser.page(&oauth.settings)))?;
    let code = if std::io::stdin().is_terminal() {
        print_line("or, from another machine, paste here the address it ends up at (the page itself will not load):")?;
        let mut lines = typed();
        loop {
            tokio::select! {
                code = browser.wait() => break code,
                Some(line) = lines.recv() => match browser.typed(&line) {
                    Some(code) => break code,
                    None => print_line("That is not the address of this login.")?,
                },
            }
        }
    } else {
        browser.wait().await
    };
    Ok(browser.grant(&oauth.settings, &code?).await?)
}

/// Lines from the terminal. The thread that reads them ends with the program.
fn typed() -> tokio::sync::mpsc::Receiver<String> {
    let (send, lines) = tokio::sync::mpsc::channel(1);
    std::thread::spawn(move || {
        for line in std::io::stdin().lock().lines().map_while(Result::ok) {
            if send.blocking_send(line).is_err() {
                return;
            }
        }
    });
    lines
}

fn dice() -> Result<Dice, Failure> {
    let mut dice = Dice::default();
    for die in &mut dice {
        getrandom::fill(die).map_err(|error| Failure::Output(std::io::Error::other(error.to_string())))?;
    }
    Ok(dice)
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Unreachable { .. } => Self::Unavailable(refusal.to_string()),
            Refusal::Refused { .. } | Refusal::Address(_) => Self::Input(refusal.to_string()),
        }
    }
}
