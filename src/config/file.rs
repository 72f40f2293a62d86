//! config.toml as written: plain values and defaults. What they mean is in the parent module.

use serde::Deserialize;

/// All sections. The comments in config.toml document the keys.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct File {
    pub agency: Agency,
    #[serde(default)]
    pub store: Store,
    pub imap: Imap,
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
    pub hours: Hours,
    #[serde(default)]
    pub templates: Templates,
    #[serde(default)]
    pub dkim: Dkim,
}

macro_rules! section {
    ($name:ident { $($(#[$attribute:meta])* $key:ident: $type:ty = $default:expr,)* }) => {
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
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct Imap {
    pub host: String,
    pub port: Option<u16>,
    #[serde(default = "implicit")]
    pub tls: String,
    pub user: String,
    pub password_file: String,
    #[serde(default = "inbox")]
    pub folders: Vec<String>,
    #[serde(default = "five_minutes")]
    pub poll_s: u64,
    #[serde(default)]
    pub ca_file: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct Smtp {
    pub host: String,
    pub port: Option<u16>,
    #[serde(default = "implicit")]
    pub tls: String,
    #[serde(default)]
    pub user: String,
    #[serde(default)]
    pub password_file: String,
    #[serde(default = "one")]
    pub connections: u64,
    #[serde(default = "localhost")]
    pub hello: String,
    #[serde(default)]
    pub ca_file: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct Http {
    pub listen: String,
    pub public_url: String,
    #[serde(default = "loopback")]
    pub trusted_proxies: Vec<String>,
}

section!(Store {
    database: String = "replyd.db".to_owned(),
});
section!(Inbound {
    authentication: String = "require".to_owned(),
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
    proxy: String = "confirm".to_owned(),
    maybe_days: u64 = 2,
    unclear_limit: u64 = 2,
});
section!(Chase { hours: Vec<u32> = vec![24, 48, 96], nudge_limit: u64 = 4, daily_limit: u64 = 2, });
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

fn implicit() -> String {
    "implicit".to_owned()
}

fn inbox() -> Vec<String> {
    vec!["INBOX".to_owned()]
}

const fn five_minutes() -> u64 {
    300
}

const fn one() -> u64 {
    1
}

fn localhost() -> String {
    "localhost".to_owned()
}

fn loopback() -> Vec<String> {
    vec!["127.0.0.1".to_owned()]
}
