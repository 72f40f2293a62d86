//! `[account]` and `[oauth]`: where the mailbox lives, and what it is opened with.

use std::path::Path;
use std::sync::Arc;

use super::file::{self, File};
use super::{ConfigError, Key, optional_path};
use crate::net::{Login, Proof, Tls};
use crate::oauth::{Device, Keeper, Right, Settings};
use crate::store::Limits;

/// Whose service the mailbox is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Provider {
    Plain,
    Gmail,
    Microsoft365,
}

/// A host, a port, and how the connection to it is protected.
pub(super) struct Place {
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) tls: Tls,
}

/// What `replyd login` needs.
#[derive(Debug, Clone)]
pub struct OAuth {
    /// google, microsoft or custom.
    pub provider: String,
    /// The application, and where its tokens lie.
    pub settings: Settings,
    /// The tokens, as the doors share them.
    pub keeper: Arc<Keeper>,
    /// Logging in on another device.
    pub device: Option<Device>,
    /// The page at which a browser logs in.
    pub page: Option<String>,
}

impl Provider {
    pub(super) fn of(key: &Key<'_>, file: &File) -> Result<Self, ConfigError> {
        match file.account.provider.as_str() {
            "plain" => Ok(Self::Plain),
            "gmail" => Ok(Self::Gmail),
            "microsoft365" => Ok(Self::Microsoft365),
            other => Err(key.wrong("account.provider", &format!("{other:?} is not one of plain, gmail, microsoft365"))),
        }
    }

    const fn imap(self) -> Option<(&'static str, u16, Tls)> {
        match self {
            Self::Plain => None,
            Self::Gmail => Some(("imap.gmail.com", 993, Tls::Implicit)),
            Self::Microsoft365 => Some(("outlook.office365.com", 993, Tls::Implicit)),
        }
    }

    const fn smtp(self) -> Option<(&'static str, u16, Tls)> {
        match self {
            Self::Plain => None,
            Self::Gmail => Some(("smtp.gmail.com", 465, Tls::Implicit)),
            // Microsoft offers no TLS from the first byte.
            Self::Microsoft365 => Some(("smtp.office365.com", 587, Tls::StartTls)),
        }
    }

    /// Where mail is read.
    pub(super) fn reading(self, key: &Key<'_>, imap: &file::Imap) -> Result<Place, ConfigError> {
        place(key, "imap", (&imap.host, imap.port, &imap.tls), self.imap(), (993, 143))
    }

    /// Where mail is handed in.
    pub(super) fn sending(self, key: &Key<'_>, smtp: &file::Smtp) -> Result<Place, ConfigError> {
        place(key, "smtp", (&smtp.host, smtp.port, &smtp.tls), self.smtp(), (465, 587))
    }
}

/// What is written counts; the provider's own values stand in for what is not, as long as the host is the provider's.
fn place(
    key: &Key<'_>,
    section: &str,
    (host, port, tls): (&str, Option<u16>, &str),
    provided: Option<(&'static str, u16, Tls)>,
    (implicit, starttls): (u16, u16),
) -> Result<Place, ConfigError> {
    let provided = provided.filter(|(usual, ..)| host.is_empty() || host == *usual);
    let host = match (host, provided) {
        ("", Some((usual, ..))) => usual.to_owned(),
        ("", None) => return Err(key.wrong(&format!("{section}.host"), "is missing; or set [account] provider")),
        (host, _) => host.to_owned(),
    };
    let tls = match (tls, provided) {
        ("", Some((_, _, usual))) => usual,
        ("" | "implicit", _) => Tls::Implicit,
        ("starttls", _) => Tls::StartTls,
        ("none", _) => Tls::None,
        (other, _) => {
            return Err(key.wrong(
                &format!("{section}.tls"),
                &format!("{other:?} is not one of implicit, starttls, none"),
            ));
        }
    };
    let usual = provided.filter(|(_, _, usual)| *usual == tls).map(|(_, port, _)| port);
    let port = port.or(usual).unwrap_or(if tls == Tls::Implicit { implicit } else { starttls });
    Ok(Place { host, port, tls })
}

/// The two logins. A section's own password goes before the account's, and that before OAuth2.
pub(super) fn logins(key: &Key<'_>, here: &Path, file: &File, oauth: Option<&OAuth>) -> Result<(Login, Option<Login>), ConfigError> {
    let account = &file.account;
    let proof = |name: &str, own: &str| -> Result<Option<Proof>, ConfigError> {
        let (name, reference) = match (own, account.password_file.as_str(), oauth) {
            ("", "", Some(oauth)) => return Ok(Some(Proof::Tokens(oauth.keeper.clone()))),
            ("", "", None) => return Ok(None),
            ("", shared, _) => ("account.password_file", shared),
            (own, _, _) => (name, own),
        };
        Ok(Some(Proof::Password(key.secret(here, name, reference)?)))
    };
    let user = |own: &str| {
        let given = [own, &account.user, &file.agency.address];
        given.into_iter().find(|user| !user.is_empty()).unwrap_or_default().to_owned()
    };
    let imap = Login {
        user: user(&file.imap.user),
        proof: proof("imap.password_file", &file.imap.password_file)?
            .ok_or_else(|| key.wrong("imap.password_file", "is missing; or use [account] password_file or [oauth]"))?,
    };
    let smtp = proof("smtp.password_file", &file.smtp.password_file)?.map(|proof| Login {
        user: user(&file.smtp.user),
        proof,
    });
    if smtp.is_none() && !file.smtp.user.is_empty() {
        return Err(key.wrong("smtp.password_file", "is missing; or use [account] password_file or [oauth]"));
    }
    Ok((imap, smtp))
}

/// `[smtp] limits`, with numbers of one's own before those of the preset. The presets lie below what the providers cut off at.
pub(super) fn limits(key: &Key<'_>, file: &File, provider: Provider) -> Result<Limits, ConfigError> {
    let smtp = &file.smtp;
    let preset = match (smtp.limits.as_str(), provider) {
        ("plain", _) | ("", Provider::Plain) => Limits::default(),
        ("gmail" | "microsoft365", _) | ("", Provider::Gmail | Provider::Microsoft365) => Limits {
            minute: Some(20),
            day: Some(8_000),
            domain_minute: Some(20),
        },
        (other, _) => return Err(key.wrong("smtp.limits", &format!("{other:?} is not one of plain, gmail, microsoft365"))),
    };
    let own = |name: &str, given: Option<u32>, usual: Option<u32>| match given {
        Some(0) => Err(key.wrong(name, "0 would send nothing; leave it out for no limit")),
        given => Ok(given.or(usual)),
    };
    Ok(Limits {
        minute: own("smtp.per_minute", smtp.per_minute, preset.minute)?,
        day: own("smtp.per_day", smtp.per_day, preset.day)?,
        domain_minute: own("smtp.per_domain_minute", smtp.per_domain_minute, preset.domain_minute)?,
    })
}

/// `[oauth]`, if it is filled in.
pub(super) fn oauth(key: &Key<'_>, here: &Path, file: &File, provider: Provider) -> Result<Option<OAuth>, ConfigError> {
    let written = &file.oauth;
    if written.client_id.is_empty() {
        return if written.provider.is_empty() {
            Ok(None)
        } else {
            Err(key.wrong(
                "oauth.client_id",
                "is missing: register an application with your provider, and copy its id",
            ))
        };
    }
    let name = match (written.provider.as_str(), provider) {
        ("", Provider::Gmail) => "google",
        ("", Provider::Microsoft365) => "microsoft",
        (name, _) => name,
    };
    let tenant = &written.tenant;
    let microsoft = |end: &str| format!("https://login.microsoftonline.com/{tenant}/oauth2/v2.0/{end}");
    let (token, device, page, scopes) = match name {
        "microsoft" if written.app_only => (microsoft("token"), None, None, "https://outlook.office365.com/.default"),
        "microsoft" => (
            microsoft("token"),
            Some(microsoft("devicecode")),
            Some(microsoft("authorize")),
            "https://outlook.office.com/IMAP.AccessAsUser.All https://outlook.office.com/SMTP.Send offline_access",
        ),
        // Google's device flow does not give out the right to mail.
        "google" => (
            "https://oauth2.googleapis.com/token".to_owned(),
            None,
            Some("https://accounts.google.com/o/oauth2/v2/auth".to_owned()),
            "https://mail.google.com/",
        ),
        "custom" => (String::new(), None, None, ""),
        other => return Err(key.wrong("oauth.provider", &format!("{other:?} is not one of google, microsoft, custom"))),
    };
    let instead = |given: &str, usual: Option<String>| if given.is_empty() { usual } else { Some(given.to_owned()) };
    let token_endpoint = instead(&written.token_endpoint, Some(token)).unwrap_or_default();
    if token_endpoint.is_empty() {
        return Err(key.wrong("oauth.token_endpoint", "is needed with provider = \"custom\""));
    }
    let settings = Settings {
        client_id: written.client_id.clone(),
        client_secret: match written.client_secret_file.as_str() {
            "" if written.app_only => return Err(key.wrong("oauth.client_secret_file", "is needed with app_only")),
            "" => None,
            reference => Some(key.secret(here, "oauth.client_secret_file", reference)?),
        },
        token_endpoint,
        scopes: instead(&written.scopes, Some(scopes.to_owned())).unwrap_or_default(),
        right: if written.app_only {
            Right::Application
        } else {
            Right::Person(here.join(&written.token_file))
        },
        ca_file: optional_path(here, &written.ca_file),
    };
    Ok(Some(OAuth {
        provider: name.to_owned(),
        keeper: Arc::new(Keeper::new(settings.clone())),
        settings,
        device: instead(&written.device_endpoint, device).map(|endpoint| Device { endpoint }),
        page: instead(&written.authorize_endpoint, page),
    }))
}

#[cfg(test)]
pub(super) mod tests {
    use super::super::Config;
    use super::*;
    use crate::message::Stamps;

    /// A configuration with the least there is and `rest`, beside a file `secret`.
    pub(in crate::config) fn load(rest: &str) -> Result<Config, ConfigError> {
        use std::os::unix::fs::PermissionsExt as _;
        let dir = tempfile::tempdir().unwrap();
        let secret = dir.path().join("secret");
        std::fs::write(&secret, "s3cret").unwrap();
        std::fs::set_permissions(&secret, std::fs::Permissions::from_mode(0o600)).unwrap();
        let head = "agency = { name = \"Harbour Talent\", address = \"bot@agency.example\", zone = \"Europe/London\" }\n\
                    http = { listen = \"127.0.0.1:8025\", public_url = \"https://answers.agency.example\" }\n";
        let path = dir.path().join("config.toml");
        std::fs::write(&path, format!("{head}{rest}")).unwrap();
        Config::load(&path)
    }

    #[test]
    fn a_known_provider_needs_five_lines() {
        let gmail = load("account = { provider = \"gmail\", password_file = \"secret\" }\n").unwrap();
        assert_eq!(
            (gmail.account.host.as_str(), gmail.account.port, gmail.account.tls),
            ("imap.gmail.com", 993, Tls::Implicit)
        );
        assert_eq!(
            (gmail.server.host.as_str(), gmail.server.port, gmail.server.tls),
            ("smtp.gmail.com", 465, Tls::Implicit)
        );
        assert_eq!(gmail.account.login.user, "bot@agency.example");
        assert!(gmail.server.login.is_some());
        assert_eq!(
            (gmail.limits.minute, gmail.limits.day, gmail.limits.domain_minute),
            (Some(20), Some(8_000), Some(20))
        );
        assert_eq!(gmail.border.stamps, Stamps::Gmail);

        let office =
            load("account = { provider = \"microsoft365\" }\noauth = { client_id = \"x\", tenant = \"agency.example\" }\n").unwrap();
        assert_eq!((office.account.host.as_str(), office.account.port), ("outlook.office365.com", 993));
        assert_eq!(
            (office.server.host.as_str(), office.server.port, office.server.tls),
            ("smtp.office365.com", 587, Tls::StartTls)
        );
        assert!(matches!(office.account.login.proof, Proof::Tokens(_)));
        let oauth = office.oauth.unwrap();
        assert_eq!(oauth.provider, "microsoft");
        assert!(oauth.settings.token_endpoint.contains("/agency.example/"), "{oauth:?}");
        assert!(oauth.device.is_some() && oauth.page.is_some());
        assert_eq!(office.border.stamps, Stamps::Exchange);
    }

    #[test]
    fn what_is_written_goes_before_what_the_provider_is_known_for() {
        let own = load(
            "account = { provider = \"gmail\", password_file = \"secret\" }\n\
             smtp = { host = \"relay.agency.example\", tls = \"starttls\", limits = \"plain\", per_minute = 5 }\n\
             inbound = { server = \"standard\", authserv_id = \"mx.agency.example\" }\n",
        )
        .unwrap();
        assert_eq!((own.server.host.as_str(), own.server.port), ("relay.agency.example", 587));
        assert_eq!((own.limits.minute, own.limits.day), (Some(5), None));
        assert_eq!(own.border.stamps, Stamps::Standard);
        for (rest, says) in [
            ("account = { provider = \"gmail\" }\n", "imap.password_file: is missing"),
            ("account = { provider = \"hotmail\" }\n", "account.provider"),
            ("account = { password_file = \"secret\" }\n", "imap.host: is missing"),
            ("oauth = { provider = \"google\" }\n", "oauth.client_id: is missing"),
            ("oauth = { provider = \"custom\", client_id = \"x\" }\n", "oauth.token_endpoint"),
            (
                "account = { provider = \"microsoft365\" }\noauth = { client_id = \"x\", app_only = true }\n",
                "oauth.client_secret_file",
            ),
            (
                "account = { provider = \"gmail\", password_file = \"secret\" }\nsmtp = { per_day = 0 }\n",
                "smtp.per_day",
            ),
        ] {
            let error = load(rest).map(|_| ()).unwrap_err().to_string();
            assert!(error.contains(says), "{rest}: {error}");
            assert!(!error.contains("s3cret"));
        }
    }
}
