//! A person logs in with a browser, which comes back to this machine with a code.   RFC 6749 4.1, 7636, 8252 7.3
//!
//! The code is of use only with the verifier that stays here (PKCE), and counts only with the state that was sent out.

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{Duration, timeout};

use super::{Grant, Refusal, Settings, answer, form, post::post};
use crate::link::sha256;
use crate::model::Secret;

/// Longest request line and headers a browser may send.
const LARGEST: usize = 8 * 1024;
/// How long it may take over them.
const WITHIN: Duration = Duration::from_secs(10);

/// The authorization code grant, with the answer coming back over loopback.
#[derive(Debug)]
pub struct Browser {
    /// Where the person is sent.
    pub endpoint: String,
    listener: TcpListener,
    redirect: String,
    verifier: Secret,
    state: String,
}

/// What must be guessed by nobody: two times 32 random bytes.
pub type Dice = [[u8; 32]; 2];

impl Browser {
    /// Listens on a free loopback port. The redirect says `localhost`: Microsoft takes no other name with any port.
    ///
    /// # Errors
    /// When there is no port to listen on.
    pub async fn new(endpoint: String, dice: Dice) -> std::io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let redirect = format!("http://localhost:{}/", listener.local_addr()?.port());
        let text = |bytes: &[u8]| data_encoding::BASE64URL_NOPAD.encode(bytes);
        let [verifier, state] = &dice;
        Ok(Self {
            endpoint,
            listener,
            redirect,
            verifier: Secret::new(text(verifier)),
            state: text(state),
        })
    }

    /// The page to open.
    #[must_use]
    pub fn page(&self, settings: &Settings) -> String {
        let challenge = data_encoding::BASE64URL_NOPAD.encode(&sha256(self.verifier.expose().as_bytes()));
        let query = form::encode(&[
            ("client_id", &settings.client_id),
            ("response_type", "code"),
            ("redirect_uri", &self.redirect),
            ("scope", &settings.scopes),
            ("state", &self.state),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
            // Google gives a refresh token only when asked for one, and the second time only after a new consent.
            ("access_type", "offline"),
            ("prompt", "consent"),
        ]);
        let sign = if self.endpoint.contains('?') { '&' } else { '?' };
        format!("{}{sign}{query}", self.endpoint)
    }

    /// Waits for the browser to come back.
    ///
    /// # Errors
    /// When it says that the login was not completed.
    pub async fn wait(&self) -> Result<Secret, Refusal> {
        loop {
            let Ok((stream, _)) = self.listener.accept().await else {
                continue;
            };
            // Whatever else knocks here (a favicon, a port scan) is no answer.
            if let Ok(Some(answered)) = timeout(WITHIN, self.answer(stream)).await {
                return answered;
            }
        }
    }

    /// The same from the address the browser ended up at, typed in by the person: for a browser on another machine.
    #[must_use]
    pub fn typed(&self, address: &str) -> Option<Result<Secret, Refusal>> {
        let (_, query) = address.trim().split_once('?')?;
        self.read(query)
    }

    /// Turns the code into a grant.
    ///
    /// # Errors
    /// See [`Refusal`].
    pub async fn grant(&self, settings: &Settings, code: &Secret) -> Result<Grant, Refusal> {
        let mut form = vec![
            ("grant_type", "authorization_code"),
            ("code", code.expose()),
            ("redirect_uri", &self.redirect),
            ("client_id", &settings.client_id),
            ("code_verifier", self.verifier.expose()),
        ];
        if let Some(secret) = &settings.client_secret {
            form.push(("client_secret", secret.expose()));
        }
        let got = post(&settings.token_endpoint, &form, settings.ca_file.as_deref()).await?;
        answer::grant(&got.endpoint, got.status, &got.body)
    }

    /// The query of the provider's redirect; `None` when it is not an answer to us.
    fn read(&self, query: &str) -> Option<Result<Secret, Refusal>> {
        if form::value(query, "state")? != self.state {
            return None;
        }
        if let Some(code) = form::value(query, "code") {
            return Some(Ok(Secret::new(code)));
        }
        let error = form::value(query, "error")?;
        Some(Err(Refusal::Refused {
            endpoint: "the browser".to_owned(),
            code: error.chars().filter(char::is_ascii_graphic).take(60).collect(),
            why: "the login was not completed".to_owned(),
        }))
    }

    async fn answer(&self, mut stream: TcpStream) -> Option<Result<Secret, Refusal>> {
        let mut request = Vec::new();
        while !request.windows(4).any(|four| four == b"\r\n\r\n") {
            if request.len() > LARGEST || stream.read_buf(&mut request).await.ok()? == 0 {
                return None;
            }
        }
        let request = String::from_utf8_lossy(&request);
        let target = request.strip_prefix("GET ").and_then(|rest| rest.split(' ').next());
        let answered = target
            .and_then(|target| target.split_once('?'))
            .and_then(|(_, query)| self.read(query));
        let (status, says) = match &answered {
            Some(Ok(_)) => ("200 OK", "The login has arrived. You can close this page."),
            Some(Err(_)) => ("200 OK", "The login was not completed. The terminal says more."),
            None => ("404 Not Found", "There is nothing here."),
        };
        let page = format!(
            "HTTP/1.1 {status}\r\nContent-Type: text/plain\r\nContent-Length: {}\r\nReferrer-Policy: no-referrer\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n{says}",
            says.len()
        );
        // The code is here, whether or not the browser hears of it.
        let _heard = stream.write_all(page.as_bytes()).await.is_ok() && stream.shutdown().await.is_ok();
        answered
    }
}
