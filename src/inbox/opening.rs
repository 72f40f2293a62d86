//! From nothing to a session: connect, greeting, STARTTLS, login.

use async_imap::{Authenticator, Client};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use tokio::io::AsyncWriteExt as _;

use super::answer::{Answer, Status};
use super::exchange::{bounded, ends, error_trouble, judged};
use super::guard::Guarded;
use super::{Account, Limits, Session, Trouble, folder};
use crate::model::Secret;
use crate::net::{self, Login, Proof, Tls};

/// RFC822.SIZE is a hint, so a message may be somewhat larger than announced.
const SLACK: u64 = 1 << 20;

impl Session {
    /// Connects, protects the connection as the account demands, and logs in.
    ///
    /// # Errors
    /// See [`Trouble`].
    pub async fn open(account: &Account) -> Result<Self, Trouble> {
        let login = &account.login;
        folder::quoted(&login.user, "the account's user")?;
        match &login.proof {
            Proof::Password(password) => {
                // LOGIN quotes for itself, but lets a NUL through.
                folder::quoted(password.expose(), "the account's password")?;
                let client = connected(account).await?;
                with_password(client, &login.user, password, account.limits).await
            }
            Proof::Tokens(tokens) => {
                let token = tokens.token().await?;
                let first = with_token(connected(account).await?, login, &token, account.limits).await;
                match first {
                    // A token may end before its time. A fresh one is worth one more try, no more: the account may be what is refused.
                    Err(Trouble::Refused {
                        status: "NO", wait: None, ..
                    }) => {
                        tokens.refused(&token);
                        let token = tokens.token().await?;
                        with_token(connected(account).await?, login, &token, account.limits).await
                    }
                    done => done,
                }
            }
        }
    }
}

/// A protected connection, greeted and not yet logged in.
async fn connected(account: &Account) -> Result<Client<Guarded>, Trouble> {
    let limits = account.limits;
    let guarded = |stream| Guarded::new(stream, limits.message.saturating_add(SLACK), limits.silence);
    let ca_file = account.ca_file.as_deref();
    let stream = net::connect(&account.host, account.port, account.tls, ca_file, limits.connect).await?;
    let mut client = greeted(Client::new(guarded(stream)), limits).await?;
    if account.tls == Tls::StartTls {
        starttls(&mut client, limits).await?;
        // What the server sent in the clear after its OK is dropped here together with the parser that may hold it.
        let plain = client.into_inner().into_inner();
        let stream = bounded("STARTTLS", limits.connect, async {
            Ok(net::secure(plain, &account.host, ca_file).await?)
        })
        .await?;
        client = Client::new(guarded(stream));
    }
    Ok(client)
}

async fn with_password(client: Client<Guarded>, user: &str, password: &Secret, limits: Limits) -> Result<Session, Trouble> {
    bounded("LOGIN", limits.command, async {
        match client.login(user, password.expose()).await {
            Ok(imap) => Ok(Session { imap, limits, news: false }),
            Err((error, _client)) => Err(error_trouble("LOGIN", error, limits)),
        }
    })
    .await
}

/// AUTHENTICATE XOAUTH2, the first word within the command where the server takes it there (SASL-IR, RFC 4959).
async fn with_token(mut client: Client<Guarded>, login: &Login, token: &Secret, limits: Limits) -> Result<Session, Trouble> {
    let said = login.xoauth2(token).expose().to_owned();
    let offers = offers(&mut client, limits).await?;
    let (mechanism, speaker) = if offers.iter().any(|offer| offer == "SASL-IR") {
        (format!("XOAUTH2 {}", BASE64.encode(said)), Speaker(None))
    } else {
        ("XOAUTH2".to_owned(), Speaker(Some(said)))
    };
    bounded("AUTHENTICATE", limits.command, async {
        match client.authenticate(mechanism, speaker).await {
            Ok(imap) => Ok(Session { imap, limits, news: false }),
            Err((error, _client)) => Err(error_trouble("AUTHENTICATE", error, limits)),
        }
    })
    .await
}

/// What is left to say when the server asks. Its second question is an error in JSON, which is acknowledged by an empty line;
/// only then comes the NO.
struct Speaker(Option<String>);

impl Authenticator for Speaker {
    type Response = String;

    fn process(&mut self, _challenge: &[u8]) -> String {
        self.0.take().unwrap_or_default()
    }
}

/// CAPABILITY, asked anew: what was offered in the clear counts no more (RFC 3501 6.2.1).
async fn offers(client: &mut Client<Guarded>, limits: Limits) -> Result<Vec<String>, Trouble> {
    const COMMAND: &str = "CAPABILITY";
    bounded(COMMAND, limits.command, async {
        // async-imap writes commands before a login only together with its own reading of their answers.
        let asked = client.get_mut().write_all(b"C CAPABILITY\r\n").await;
        asked
            .and(client.get_mut().flush().await)
            .map_err(|_| Trouble::Closed { command: COMMAND })?;
        let mut offers = Vec::new();
        loop {
            let read = client.read_response().await;
            let answer = judged(
                COMMAND,
                read.map(|response| response.map(|response| Answer::read(response.parsed()))),
                limits,
            )?;
            if ends(COMMAND, "C", &answer)? {
                return Ok(offers);
            }
            if let Answer::Offers(more) = answer {
                offers.extend(more);
            }
        }
    })
    .await
}

/// The greeting comes before everything else (RFC 3501 7.1). Dovecot may send a remark before it, which is as good.
async fn greeted(mut client: Client<Guarded>, limits: Limits) -> Result<Client<Guarded>, Trouble> {
    const COMMAND: &str = "greeting";
    let reading = async {
        let read = client.read_response().await;
        judged(
            COMMAND,
            read.map(|response| response.map(|response| Answer::read(response.parsed()))),
            limits,
        )
    };
    match bounded(COMMAND, limits.command, reading).await? {
        Answer::Remark { status: Status::Ok, .. } => Ok(client),
        // Nobody has logged in: in the clear this is how STARTTLS is kept from being asked for.
        Answer::Remark {
            status: Status::PreAuth,
            words,
            ..
        } => Err(Trouble::refused(COMMAND, "PREAUTH", &words)),
        Answer::Remark {
            status: Status::No, words, ..
        } => Err(Trouble::refused(COMMAND, "NO", &words)),
        Answer::Remark {
            status: Status::Bad,
            words,
            ..
        } => Err(Trouble::refused(COMMAND, "BAD", &words)),
        Answer::Remark { status: Status::Bye, .. }
        | Answer::Done { .. }
        | Answer::Continue
        | Answer::Changed
        | Answer::Found(_)
        | Answer::Message(_)
        | Answer::Offers(_)
        | Answer::Other => Err(Trouble::Unparsable { command: COMMAND }),
    }
}

async fn starttls(client: &mut Client<Guarded>, limits: Limits) -> Result<(), Trouble> {
    bounded("STARTTLS", limits.command, async {
        let asked = client.run_command_and_check_ok("STARTTLS", None).await;
        asked.map_err(|error| error_trouble("STARTTLS", error, limits))
    })
    .await
}
