//! Questions that only `replyd check` asks of a server.

use async_imap::types::Capability;

use super::exchange::{bounded, error_trouble};
use super::{Session, Trouble, folder};

/// What a server offers, as far as it matters to us.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Offers {
    /// New mail is noticed at once (RFC 2177).
    pub idle: bool,
    /// RFC 4315.
    pub uidplus: bool,
}

impl Session {
    /// What the server offers after the login.
    ///
    /// # Errors
    /// See [`Trouble`].
    pub async fn offers(mut self) -> Result<(Self, Offers), Trouble> {
        const COMMAND: &str = "CAPABILITY";
        let limits = self.limits;
        let offers = bounded(COMMAND, limits.silence, async {
            let all = self
                .imap
                .capabilities()
                .await
                .map_err(|error| error_trouble(COMMAND, error, limits))?;
            let has = |name: &str| all.has(&Capability::Atom(name.to_owned()));
            Ok(Offers {
                idle: has("IDLE"),
                uidplus: has("UIDPLUS"),
            })
        });
        let offers = offers.await?;
        Ok((self, offers))
    }

    /// The certificate of the server, in DER.
    pub fn certificate(&mut self) -> Option<Vec<u8>> {
        self.imap.get_mut().certificate()
    }

    /// Whether the open folder holds a message with this Message-ID.
    ///
    /// # Errors
    /// See [`Trouble`].
    pub async fn holds(self, message_id: &str) -> Result<(Self, bool), Trouble> {
        let id = folder::quoted(message_id, "a Message-ID")?;
        let (session, found) = self.search(&format!("HEADER Message-ID {id}")).await?;
        Ok((session, !found.is_empty()))
    }
}
