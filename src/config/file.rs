//! config.toml as written: plain values and defaults. What they mean is in the parent module.

use serde::Deserialize;

/// All sections. The comments in config.toml document the keys.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct File {
    pub agency: Agency,
    #[serde(default)]
    pub brand: Vec<Brand>,
    #[serde(default)]
    pub recruiters: Vec<Recruiter>,
    #[serde(default)]
    pub store: Store,
    #[serde(default)]
    pub account: Account,
    #[serde(default)]
    pub oauth: OAuth,
    #[serde(default)]
    pub imap: Imap,
    #[serde(default)]
    pub smtp: Smtp,
    #[serde(default)]
    pub inbound: Inbound,
    pub http: Http,
    #[serde(default)]
    pub addresses: Addresses,
    #[serde(default)]
    pub links: Links,
    #[serde(default)]
    pub decision: Decision,
    #[serde(default)]
    pub chase: Chase,
    #[serde(default)]
    pub digest: Digest,
    #[serde(default)]
    pub drafts: Drafts,
    #[serde(default)]
    pub feedback: Feedback,
    #[serde(default)]
    pub scheduling: Scheduling,
    #[serde(default)]
    pub calendars: Calendars,
    #[serde(default)]
    pub hours: Hours,
    #[serde(default)]
    pub templates: Templates,
    #[serde(default)]
    pub dkim: Dkim,
    #[serde(default)]
    pub api: Api,
    #[serde(default)]
    pub webhook: Vec<Webhook>,
    #[serde(default)]
    pub webhooks: Webhooks,
    #[serde(default)]
    pub health: Health,
    #[serde(default)]
    pub privacy: Privacy,
    #[serde(default)]
    pub retention: Retention,
}

macro_rules! section {
    ($name:ident { $($(#[$attribute:meta])* $key:ident: $type:ty = $default:expr),* $(,)? }) => {
        #[derive(Debug, Deserialize)]
        #[serde(deny_unknown_fields, default)]
        #[allow(missing_docs)]
        pub struct $name { $(pub $key: $type,)* }

        impl Default for $name {
            fn default() -> Self {
                Self { $($key: $default,)* }
            }
        }
    };
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct Agency {
    pub name: String,
    pub address: String,
    pub zone: String,
    #[serde(default)]
    pub sender: String,
    #[serde(default)]
    pub signature: Vec<String>,
    #[serde(default)]
    pub colour: String,
    #[serde(default)]
    pub website: String,
    #[serde(default)]
    pub logo: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct Brand {
    pub client: String,
    #[serde(default)]
    pub name: String,
    #[serde(default)]
    pub signature: Vec<String>,
    #[serde(default)]
    pub colour: String,
    #[serde(default)]
    pub website: String,
    #[serde(default)]
    pub logo: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct Recruiter {
    pub address: String,
    #[serde(default)]
    pub name: String,
    #[serde(default)]
    pub zone: String,
    #[serde(default)]
    pub lead: bool,
    #[serde(default)]
    pub projects: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct PersonsCalendar {
    pub address: String,
    pub url: String,
    #[serde(default = "ics")]
    pub kind: String,
    #[serde(default)]
    pub user: String,
    #[serde(default)]
    pub password_file: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct Webhook {
    pub url: String,
    #[serde(default)]
    pub name: String,
    #[serde(default)]
    pub secret_files: Vec<String>,
    #[serde(default)]
    pub events: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct Http {
    pub listen: String,
    pub public_url: String,
    #[serde(default = "loopback")]
    pub trusted_proxies: Vec<String>,
    #[serde(default = "sixty")]
    pub posts_per_minute: u64,
}

section!(Store {
    database: String = "replyd.db".to_owned(),
});
section!(Account {
    provider: String = "plain".to_owned(),
    user: String = String::new(),
    password_file: String = String::new(),
});
section!(OAuth {
    provider: String = String::new(),
    client_id: String = String::new(),
    client_secret_file: String = String::new(),
    tenant: String = "organizations".to_owned(),
    app_only: bool = false,
    token_file: String = "oauth-token".to_owned(),
    scopes: String = String::new(),
    token_endpoint: String = String::new(),
    device_endpoint: String = String::new(),
    authorize_endpoint: String = String::new(),
    ca_file: String = String::new(),
});
section!(Imap {
    host: String = String::new(),
    port: Option<u16> = None,
    tls: String = String::new(),
    user: String = String::new(),
    password_file: String = String::new(),
    folders: Vec<String> = vec!["INBOX".to_owned()],
    poll_s: u64 = 300,
    ca_file: String = String::new(),
});
section!(Smtp {
    host: String = String::new(),
    port: Option<u16> = None,
    tls: String = String::new(),
    user: String = String::new(),
    password_file: String = String::new(),
    connections: u64 = 1,
    pipelining: bool = true,
    limits: String = String::new(),
    per_minute: Option<u32> = None,
    per_day: Option<u32> = None,
    per_domain_minute: Option<u32> = None,
    hello: String = "localhost".to_owned(),
    ca_file: String = String::new(),
});
section!(Inbound {
    authentication: String = "require".to_owned(),
    server: String = String::new(),
    authserv_id: String = String::new(),
    border: String = String::new(),
});
section!(Addresses {
    style: String = "+".to_owned(),
    message_id_domain: String = String::new(),
});
section!(Links {
    keys_file: String = "replyd.keys".to_owned(),
    days: u64 = 30,
});
section!(Decision {
    confirm: String = "press".to_owned(),
    grace_yes_min: u64 = 10,
    grace_pass_min: u64 = 60,
    grace_order_min: u64 = 5,
    proxy: String = "confirm".to_owned(),
    maybe_days: u64 = 2,
    unclear_limit: u64 = 2,
});
section!(Scheduling {
    order: String = "candidate".to_owned(),
    slots: u64 = 4,
    notice_h: u64 = 12,
    travel_min: u64 = 60,
    nudges: u64 = 2,
    rounds: u64 = 3,
    moves: u64 = 2,
    cutoff_h: u64 = 2,
    reminders_min: Vec<u32> = vec![1440, 60],
    panel: Panel = Panel::default(),
});
section!(Calendars {
    refresh_min: u64 = 15,
    private: Vec<String> = Vec::new(),
    ca_file: String = String::new(),
    person: Vec<PersonsCalendar> = Vec::new(),
});
section!(Panel { quorum: u64 = 0 });
section!(Chase { hours: Vec<u32> = vec![24, 48, 96], nudge_limit: u64 = 4, daily_limit: u64 = 2, backup_hours: u64 = 24, });
section!(Digest {
    at: String = "08:00".to_owned(),
});
section!(Feedback {
    share: String = "never".to_owned(),
    reasons: Vec<super::reasons::ReasonPart> = Vec::new(),
});
section!(Drafts { keep_days: u64 = 14 });
section!(Hours {
    business: String = "09:00-18:00".to_owned(),
    quiet: String = "19:00-08:00".to_owned(),
});
section!(Templates {
    directory: String = String::new(),
});
section!(Dkim {
    domain: String = String::new(),
    selector: String = String::new(),
    key_file: String = String::new(),
});
section!(Api {
    key_files: Vec<String> = Vec::new(),
});
section!(Webhooks {
    allow_private: Vec<String> = Vec::new(),
    ca_file: String = String::new(),
    timeout_s: u64 = 20,
});
section!(Health { self_ping_min: u64 = 60 });
section!(Privacy { cv_code: bool = false });
section!(Retention {
    mail_days: u64 = 730,
    people_days: u64 = 730,
});

fn ics() -> String {
    "ics".to_owned()
}

const fn sixty() -> u64 {
    60
}

fn loopback() -> Vec<String> {
    vec!["127.0.0.1".to_owned()]
}

#[cfg(test)]
mod tests {
    use super::super::account::tests::load;
    use crate::conversation::Policy;

    #[test]
    fn what_is_not_written_is_the_usual_policy() {
        let account = "account = { provider = \"gmail\", password_file = \"secret\" }\n";
        assert_eq!(load(account).unwrap().policy, Policy::default());
        let other = load(&format!("{account}[decision]\ngrace_yes_min = 15\n")).unwrap().policy;
        assert_ne!(other, Policy::default());
    }
}
