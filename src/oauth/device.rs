//! A person logs in on another device: a short code, a page, and polling until it is done.   RFC 8628

use std::time::Duration;

use serde::Deserialize;
use tokio::time::{Instant, sleep};

use super::{Grant, Refusal, Settings, answer, post::post};

/// The device authorization grant.
#[derive(Debug, Clone)]
pub struct Device {
    /// Where codes are given out.
    pub endpoint: String,
}

/// What the person is shown.
#[derive(Debug, Clone)]
pub struct Code {
    /// The page to open.
    pub page: String,
    /// What to type there.
    pub code: String,
    device_code: crate::model::Secret,
    interval: Duration,
    lifetime: Duration,
}

#[derive(Deserialize)]
struct Written {
    device_code: String,
    user_code: String,
    // Google's older answers and RFC 8628 differ here.
    #[serde(alias = "verification_url")]
    verification_uri: String,
    expires_in: u64,
    interval: Option<u64>,
}

impl Device {
    /// Asks for a code.
    ///
    /// # Errors
    /// See [`Refusal`].
    pub async fn code(&self, settings: &Settings) -> Result<Code, Refusal> {
        let form = [("client_id", settings.client_id.as_str()), ("scope", settings.scopes.as_str())];
        let got = post(&self.endpoint, &form, settings.ca_file.as_deref()).await?;
        if got.status != 200 {
            return Err(answer::refusal(&got.endpoint, got.status, &got.body));
        }
        let written: Written = answer::parsed(&got.endpoint, &got.body)?;
        Ok(Code {
            page: written.verification_uri,
            code: written.user_code,
            device_code: crate::model::Secret::new(written.device_code),
            interval: Duration::from_secs(written.interval.unwrap_or(5).clamp(1, 60)),
            lifetime: Duration::from_secs(written.expires_in.min(3600)),
        })
    }

    /// Asks until the person has agreed, or refused, or the code is too old.
    ///
    /// # Errors
    /// See [`Refusal`].
    pub async fn wait(&self, settings: &Settings, code: &Code) -> Result<Grant, Refusal> {
        let began = Instant::now();
        let mut interval = code.interval;
        let mut form = vec![
            ("grant_type", "urn:ietf:params:oauth:grant-type:device_code"),
            ("device_code", code.device_code.expose()),
            ("client_id", settings.client_id.as_str()),
        ];
        if let Some(secret) = &settings.client_secret {
            form.push(("client_secret", secret.expose()));
        }
        loop {
            sleep(interval).await;
            let answered = match post(&settings.token_endpoint, &form, settings.ca_file.as_deref()).await {
                Ok(got) => answer::grant(&got.endpoint, got.status, &got.body),
                Err(refusal) => Err(refusal),
            };
            let refusal = match answered {
                Ok(grant) => return Ok(grant),
                Err(refusal) => refusal,
            };
            if began.elapsed() >= code.lifetime {
                return Err(refusal);
            }
            match (refusal.code(), &refusal) {
                ("authorization_pending", _) => {}
                // RFC 8628 3.5: five seconds more from now on.
                ("slow_down", _) => interval += Duration::from_secs(5),
                (_, Refusal::Unreachable { .. }) => interval = (interval * 2).min(Duration::from_secs(60)),
                (_, Refusal::Refused { .. } | Refusal::Address(_)) => return Err(refusal),
            }
        }
    }
}
