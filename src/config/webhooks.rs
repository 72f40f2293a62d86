//! Programs that work with replyd: the keys of the API, and the webhooks that hear of events.

use std::path::Path;
use std::time::Duration;

use super::{ConfigError, File, Key, Secrets, optional_path};
use crate::http::ApiKey;
use crate::net::http::host;
use crate::webhook::{Client, Endpoint, SigningSecret};

/// Who hears of events.
#[derive(Debug, Clone)]
pub struct Webhooks {
    /// By name.
    pub endpoints: Vec<Endpoint>,
    /// How they are asked.
    pub client: Client,
}

/// Keys that cannot be guessed: 32 characters and more, as they can stand in a header (RFC 6750 2.1).
pub(super) fn api_keys(key: &Key<'_>, here: &Path, files: &[String]) -> Result<Vec<ApiKey>, ConfigError> {
    if key.secrets == Secrets::LeftOut {
        return Ok(Vec::new());
    }
    let read = |reference: &String| {
        let secret = key.secret(here, "api.key_files", reference)?;
        let graphic = secret.expose().bytes().all(|byte| byte.is_ascii_graphic());
        if graphic && secret.expose().len() >= 32 {
            let name = Path::new(reference.trim_start_matches("credential:")).file_name();
            let name = name.map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            return Ok(ApiKey { name, secret });
        }
        let what = format!("{reference} must hold at least 32 visible ASCII characters; make one: openssl rand -hex 32");
        Err(key.wrong("api.key_files", &what))
    };
    files.iter().map(read).collect()
}

pub(super) fn webhooks(key: &Key<'_>, here: &Path, file: &File) -> Result<Webhooks, ConfigError> {
    let mut endpoints: Vec<Endpoint> = Vec::new();
    for (index, written) in file.webhook.iter().enumerate() {
        let field = |name: &str| format!("webhook[{index}].{name}");
        let url = written.url.trim();
        let plain = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
        let (Some(rest), Some(host)) = (plain, host(url)) else {
            return Err(key.wrong(&field("url"), "must begin with https:// (http:// for this machine only)"));
        };
        if rest.split(['/', '?']).next().unwrap_or_default().contains('@') {
            return Err(key.wrong(
                &field("url"),
                "holds a login before the @: the signature tells who sends, no login is needed",
            ));
        }
        let name = match written.name.trim() {
            "" => host,
            name => name.to_owned(),
        };
        if !name.chars().all(|c| c.is_alphanumeric() || ".-_".contains(c)) {
            let what = format!("{name:?} may hold letters, digits and . - _ only: commands name it");
            return Err(key.wrong(&field("name"), &what));
        }
        if endpoints.iter().any(|one| one.name == name) {
            let what = format!("{name:?} stands here twice; give each webhook a name of its own");
            return Err(key.wrong(&field("name"), &what));
        }
        for pattern in &written.events {
            let wanted = pattern.strip_suffix('*').unwrap_or(pattern);
            let fits = |known: &str| match pattern.ends_with('*') {
                true => known.starts_with(wanted),
                false => known == wanted,
            };
            if pattern.split_ascii_whitespace().count() != 1 || !crate::conversation::names().any(fits) {
                let what = format!("{pattern:?} asks for no event; write names such as submission.decided, or interview.* for several");
                return Err(key.wrong(&field("events"), &what));
            }
        }
        if written.secret_files.is_empty() {
            return Err(key.wrong(&field("secret_files"), "is missing: name a file with the secret that signs"));
        }
        let secrets = match key.secrets {
            Secrets::LeftOut => Vec::new(),
            Secrets::Read => {
                let read = |reference: &String| {
                    let secret = key.secret(here, &field("secret_files"), reference)?;
                    let parsed = secret.expose().parse::<SigningSecret>();
                    parsed.map_err(|error| key.wrong(&field("secret_files"), &format!("{reference} {error}")))
                };
                written.secret_files.iter().map(read).collect::<Result<_, _>>()?
            }
        };
        endpoints.push(Endpoint {
            name,
            url: url.to_owned(),
            secrets,
            events: written.events.clone(),
        });
    }
    let section = &file.webhooks;
    Ok(Webhooks {
        endpoints,
        client: Client {
            private: section
                .allow_private
                .iter()
                .map(|one| key.parse("webhooks.allow_private", one))
                .collect::<Result<_, _>>()?,
            ca_file: optional_path(here, &section.ca_file),
            within: Duration::from_secs(key.within("webhooks.timeout_s", section.timeout_s, 15..=30)?),
        },
    })
}
