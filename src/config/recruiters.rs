//! `[[recruiters]]`: who may enter the hub beside those whom batches name, and what they see there.

use super::{ConfigError, File, Key};
use crate::calendar::Zone;
use crate::model::{Address, HeaderText, Mailbox};

/// A recruiter as config.toml has them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recruiter {
    /// Name and address.
    pub mailbox: Mailbox,
    /// By whose clocks times are shown.
    pub zone: Zone,
    /// Sees everything.
    pub lead: bool,
    /// Other recruiters' projects that they see: a client, and one of its roles or all of them.
    pub shared: Vec<(String, Option<String>)>,
}

pub(super) fn recruiters(key: &Key<'_>, file: &File, agency: Zone) -> Result<Vec<Recruiter>, ConfigError> {
    let mut all: Vec<Recruiter> = Vec::new();
    for (index, written) in file.recruiters.iter().enumerate() {
        let field = |name: &str| format!("recruiters[{index}].{name}");
        let address = key.parse::<Address>(&field("address"), &written.address)?;
        if all.iter().any(|one| one.mailbox.address == address) {
            let what = format!("{} stands here twice; put both into one", written.address);
            return Err(key.wrong(&field("address"), &what));
        }
        let zone = match written.zone.as_str() {
            "" => agency,
            name => key.parse::<Zone>(&field("zone"), name)?,
        };
        let shared = written.projects.iter().map(|one| match one.split_once(": ") {
            Some((client, title)) => (bare(client), Some(bare(title))),
            None => (bare(one), None),
        });
        let shared: Vec<(String, Option<String>)> = shared.collect();
        if shared
            .iter()
            .any(|(client, title)| client.is_empty() || title.as_deref() == Some(""))
        {
            let what = "must hold clients' names, or CLIENT: ROLE, as batches write them";
            return Err(key.wrong(&field("projects"), what));
        }
        all.push(Recruiter {
            mailbox: Mailbox {
                name: HeaderText::new(&written.name),
                address,
            },
            zone,
            lead: written.lead,
            shared,
        });
    }
    Ok(all)
}

/// As the database has it.
fn bare(text: &str) -> String {
    HeaderText::new(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::super::{Config, ConfigError};

    fn load(rest: &str) -> Result<Config, ConfigError> {
        let account = "account = { provider = \"gmail\", password_file = \"secret\" }\n";
        super::super::account::tests::load(&format!("{account}{rest}"))
    }

    #[test]
    fn recruiters_are_listed_with_what_they_see() {
        let config = load(
            "[[recruiters]]\naddress = \"maria@agency.example\"\nname = \"Maria Keller\"\nlead = true\n\
             [[recruiters]]\naddress = \"tom@agency.example\"\nzone = \"Europe/Lisbon\"\nprojects = [\"Northwind  Logistics\", \"Brightwell: Java: senior\"]\n",
        )
        .unwrap();
        let [maria, tom] = config.recruiters.as_slice() else { panic!() };
        assert!(maria.lead && !tom.lead && maria.shared.is_empty());
        assert_eq!((maria.zone, tom.zone.name()), (config.zone, "Europe/Lisbon"));
        let expected = [
            ("Northwind Logistics".to_owned(), None),
            ("Brightwell".to_owned(), Some("Java: senior".to_owned())),
        ];
        assert_eq!(tom.shared, expected);
        assert!(load("").unwrap().recruiters.is_empty());
    }

    #[test]
    fn what_is_wrong_with_one_is_said() {
        let maria = "[[recruiters]]\naddress = \"maria@agency.example\"\n";
        for (wrong, says) in [
            ("[[recruiters]]\naddress = \"maria\"\n".to_owned(), "recruiters[0].address"),
            (format!("{maria}zone = \"Mars\"\n"), "recruiters[0].zone"),
            (format!("{maria}projects = [\": Java\"]\n"), "recruiters[0].projects"),
            (
                format!("{maria}{maria}"),
                "recruiters[1].address: maria@agency.example stands here twice",
            ),
            (format!("{maria}leed = true\n"), "did you mean `lead`?"),
        ] {
            let error = load(&wrong).map(drop).unwrap_err().to_string();
            assert!(error.contains(says), "{wrong}: {error}");
        }
    }
}
