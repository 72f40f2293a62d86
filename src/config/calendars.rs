//! Calendars of people, as config.toml lists them, and how calendars are asked.

use std::path::Path;
use std::time::Duration;

use super::{ConfigError, File, Key, optional_path};
use crate::feed::{Client, Login};
use crate::model::{Address, Feed, FeedKind};

/// How long one calendar may take.
const WITHIN: Duration = Duration::from_secs(20);

/// Whose calendars are known, and how they are asked.
#[derive(Debug, Clone)]
pub struct Calendars {
    /// What was read is as good as new for this long.
    pub refresh: Duration,
    /// How they are asked.
    pub client: Client,
    /// Those listed here go before those that batches name.
    pub people: Vec<PersonsCalendar>,
}

/// A calendar that config.toml lists.
#[derive(Debug, Clone)]
pub struct PersonsCalendar {
    /// Whose.
    pub address: Address,
    /// Where.
    pub feed: Feed,
    /// What opens it, when it needs a login.
    pub login: Option<Login>,
}

pub(super) fn calendars(key: &Key<'_>, here: &Path, file: &File) -> Result<Calendars, ConfigError> {
    let written = &file.calendars;
    let mut people: Vec<PersonsCalendar> = Vec::new();
    for one in &written.person {
        let address = key.parse::<Address>("calendars.person.address", &one.address)?;
        if people.iter().any(|other| other.address == address) {
            return Err(key.wrong(
                "calendars.person.address",
                &format!("{} stands here twice; one calendar each", one.address),
            ));
        }
        let kind = FeedKind::of(&one.kind)
            .ok_or_else(|| key.wrong("calendars.person.kind", &format!("{:?} is not one of ics, caldav", one.kind)))?;
        let feed =
            Feed::parse(kind, &one.url).map_err(|error| key.wrong("calendars.person.url", &format!("that of {} {error}", one.address)))?;
        let login = match (one.user.as_str(), one.password_file.as_str()) {
            ("", "") => None,
            ("", _) => return Err(key.wrong("calendars.person.user", "is missing: a password needs a user")),
            (_, "") => return Err(key.wrong("calendars.person.password_file", "is missing: a user needs a password")),
            (user, reference) => Some(Login {
                user: user.to_owned(),
                password: key.secret(here, "calendars.person.password_file", reference)?,
            }),
        };
        if login.is_some() && one.user.contains(':') {
            return Err(key.wrong("calendars.person.user", "cannot hold a colon"));
        }
        people.push(PersonsCalendar { address, feed, login });
    }
    Ok(Calendars {
        refresh: Duration::from_secs(60 * key.within("calendars.refresh_min", written.refresh_min, 1..=1440)?),
        client: Client {
            private: written
                .private
                .iter()
                .map(|one| key.parse("calendars.private", one))
                .collect::<Result<_, _>>()?,
            ca_file: optional_path(here, &written.ca_file),
            within: WITHIN,
        },
        people,
    })
}

#[cfg(test)]
mod tests {
    use super::super::Config;
    use super::*;

    fn load(rest: &str) -> Result<Config, ConfigError> {
        let account = "account = { provider = \"gmail\", password_file = \"secret\" }\n";
        super::super::account::tests::load(&format!("{account}{rest}"))
    }

    #[test]
    fn calendars_are_listed_by_person() {
        let config = load(
            "[calendars]\nrefresh_min = 5\nprivate = [\"10.0.0.0/8\"]\n\
             [[calendars.person]]\naddress = \"ann@client.example\"\nurl = \"webcal://calendar.example/private-1f/basic.ics\"\n\
             [[calendars.person]]\naddress = \"bo@client.example\"\nurl = \"https://dav.example/bo/\"\nkind = \"caldav\"\nuser = \"bo\"\npassword_file = \"secret\"\n",
        )
        .unwrap();
        let [ann, bo] = config.calendars.people.as_slice() else { panic!() };
        assert_eq!((ann.feed.kind(), ann.feed.host()), (FeedKind::Ics, "calendar.example"));
        assert_eq!(bo.feed.kind(), FeedKind::Caldav);
        assert_eq!(bo.login.as_ref().map(|login| login.password.expose()), Some("s3cret"));
        assert_eq!(config.calendars.refresh, Duration::from_secs(300));
        assert!(!format!("{:?}", config.calendars).contains("private-1f") && !format!("{:?}", config.calendars).contains("s3cret"));
        assert!(load("").unwrap().calendars.people.is_empty());
    }

    #[test]
    fn what_is_wrong_with_one_is_said() {
        let person = |rest: &str| format!("[[calendars.person]]\naddress = \"ann@client.example\"\n{rest}\n");
        for (rest, says) in [
            ("[calendars]\nrefresh_min = 0\n".to_owned(), "calendars.refresh_min"),
            (
                "[calendars]\nprivate = [\"localhost\"]\n".to_owned(),
                "calendars.private: \"localhost\" is not a network",
            ),
            ("[calendars]\nrefresh_mins = 5\n".to_owned(), "did you mean `refresh_min`"),
            (
                person("url = \"calendar.example\""),
                "calendars.person.url: that of ann@client.example must begin with https://",
            ),
            (person("url = \"https://ann:x@calendar.example/\""), "user and password_file"),
            (
                person("url = \"https://calendar.example/\"\nkind = \"exchange\""),
                "calendars.person.kind",
            ),
            (
                person("url = \"https://calendar.example/\"\nuser = \"ann\""),
                "calendars.person.password_file",
            ),
            (
                person("url = \"https://calendar.example/\"\npassword_file = \"secret\""),
                "calendars.person.user",
            ),
            (
                person("url = \"https://calendar.example/\"\nuser = \"ann\"\npassword_file = \"nowhere\""),
                "chmod 600",
            ),
            (
                person("url = \"https://calendar.example/\"\npassword = \"x\""),
                "unknown field `password`",
            ),
            (
                person(&format!("url = \"https://a.example/\"\n{}url = \"https://b.example/\"", person(""))),
                "stands here twice",
            ),
        ] {
            let error = load(&rest).map(|_| ()).unwrap_err().to_string();
            assert!(error.contains(says), "{rest}: {error}");
        }
    }

    #[test]
    fn batches_name_calendars() {
        let config = load("").unwrap();
        let read = |calendar: &str| {
            let person = r#""name": "A", "email": "ann@client.example""#;
            let json = format!(
                r#"{{ "client": {{ "name": "C", "contact": {{ {person}, "calendar": {calendar} }} }}, "project": {{ "title": "T" }},
                     "candidates": [{{ "name": "Bo", "email": "bo@mail.example", "summary": "S" }}] }}"#
            );
            let new = super::super::parse_batch(json.as_bytes(), config.zone, &config.policy)
                .map_err(|error| format!("{} {error}", error.field))?;
            Ok::<_, String>(new.calendars)
        };
        let feed = |kind, url| Some(Feed::parse(kind, url).unwrap());
        let ann = Address::parse("ann@client.example").unwrap();
        for (written, meant) in [
            (r#""webcal://a.example/x""#, feed(FeedKind::Ics, "https://a.example/x")),
            (r#"{ "url": "https://a.example/x" }"#, feed(FeedKind::Ics, "https://a.example/x")),
            (
                r#"{ "url": "https://a.example/x/", "kind": "caldav" }"#,
                feed(FeedKind::Caldav, "https://a.example/x/"),
            ),
            (r#""""#, None),
        ] {
            assert_eq!(read(written), Ok(vec![(ann.clone(), meant)]), "{written}");
        }
        assert_eq!(read("null"), Ok(Vec::new()));
        for (written, says) in [
            (r#""a.example/x""#, "client.contact.calendar must begin with https://"),
            (
                r#"{ "url": "ftp://a.example/x" }"#,
                "client.contact.calendar.url must begin with https://",
            ),
            (
                r#"{ "url": "https://a.example/x", "kind": "exchange" }"#,
                "client.contact.calendar.kind \"exchange\" is not one of ics, caldav",
            ),
            (
                r#"{ "url": "https://a.example/x", "password_file": "/etc/passwd" }"#,
                "under [[calendars.person]]",
            ),
            (r#""https://ann:x@a.example/x""#, "with user and password_file"),
        ] {
            let error = read(written).unwrap_err();
            assert!(error.contains(says), "{written}: {error}");
        }
    }
}
