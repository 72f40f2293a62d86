//! From nothing to a session: connect, greeting, STARTTLS, login.

use async_imap::Client;

use super::answer::{Answer, Status};
use super::exchange::{bounded, error_trouble, judged};
use super::guard::Guarded;
use super::{Account, Limits, Session, Trouble, folder};
use crate::net::{self, Tls};

/// RFC822.SIZE is a hint, so a message may be somewhat larger than announced.
const SLACK: u64 = 1 << 20;

impl Session {
    /// Connects, protects the connection as the account demands, and logs in.
    ///
    /// # Errors
    /// See [`Trouble`].
    pub async fn open(account: &Account) -> Result<Self, Trouble> {
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
        // LOGIN quotes for itself, but lets a NUL through.
        folder::quoted(&account.login.user, "the account's user")?;
        folder::quoted(account.login.password.expose(), "the account's password")?;
        bounded("LOGIN", limits.command, async {
            match client.login(&account.login.user, account.login.password.expose()).await {
                Ok(imap) => Ok(Self { imap, limits, news: false }),
                Err((error, _client)) => Err(error_trouble("LOGIN", error, limits)),
            }
        })
        .await
    }
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
