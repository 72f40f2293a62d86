//! Another batch, as typed into the page.
//!
//! In: names. Out: the file a recruiter would write.
//! Never here: an address that leads out of this computer: all of them are made up from the names.

use serde::{Deserialize, Serialize};

/// More than fit the form.
const MOST: usize = 6;

/// What the form sends.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Typed {
    company: String,
    contact: String,
    role: String,
    candidates: Vec<TypedCandidate>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct TypedCandidate {
    name: String,
    summary: String,
}

#[derive(Serialize)]
struct File {
    client: Client,
    project: Project,
    recruiters: Vec<Person>,
    candidates: Vec<Candidate>,
}

#[derive(Serialize)]
struct Client {
    name: String,
    contact: Person,
}

#[derive(Serialize)]
struct Project {
    title: String,
}

#[derive(Serialize)]
struct Person {
    name: String,
    email: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    zone: Option<String>,
}

#[derive(Serialize)]
struct Candidate {
    name: String,
    email: String,
    zone: String,
    summary: String,
}

impl Typed {
    /// The batch file. `known` gives the address of somebody who has a mailbox already; `recruiter` hands it in.
    ///
    /// # Errors
    /// A sentence for whoever filled in the form.
    pub(super) fn file(
        &self,
        recruiter: &crate::model::Mailbox,
        zone: &str,
        known: impl Fn(&str) -> Option<String>,
    ) -> Result<String, String> {
        let filled = |text: &str, what: &str| {
            let text = text.trim();
            if text.is_empty() {
                Err(format!("{what} is missing"))
            } else {
                Ok(text.to_owned())
            }
        };
        if self.candidates.is_empty() || self.candidates.len() > MOST {
            return Err(format!("a batch has one to {MOST} candidates"));
        }
        let mut candidates: Vec<Candidate> = Vec::new();
        for one in &self.candidates {
            let name = filled(&one.name, "a candidate's name")?;
            let email = known(&name).unwrap_or_else(|| address(&name, "people"));
            if candidates.iter().any(|other| other.email == email) {
                return Err(format!("{name} stands in the batch twice"));
            }
            candidates.push(Candidate {
                summary: filled(&one.summary, &format!("a line about {name}"))?,
                name,
                email,
                zone: zone.to_owned(),
            });
        }
        let (company, contact) = (filled(&self.company, "the company")?, filled(&self.contact, "the contact")?);
        let file = File {
            project: Project {
                title: filled(&self.role, "the role")?,
            },
            recruiters: vec![Person {
                name: recruiter.name.to_string(),
                email: recruiter.address.to_string(),
                zone: None,
            }],
            client: Client {
                contact: Person {
                    email: known(&contact).unwrap_or_else(|| address(&contact, &plain(&company))),
                    name: contact,
                    zone: Some(zone.to_owned()),
                },
                name: company,
            },
            candidates,
        };
        toml::to_string(&file).map_err(|error| error.to_string())
    }
}

/// `Jonas Berg` at `people` is `jonas.berg@people.example`.
fn address(name: &str, domain: &str) -> String {
    let local: Vec<String> = name.split_whitespace().map(plain).filter(|word| !word.is_empty()).collect();
    // A name in letters that no address may hold.
    let local = if local.is_empty() {
        format!("somebody{}", name.chars().map(u32::from).fold(0_u32, |sum, c| sum.wrapping_add(c)))
    } else {
        local.join(".")
    };
    let domain = if domain.is_empty() { "client" } else { domain };
    let local: String = local.chars().take(40).collect();
    let domain: String = domain.chars().take(40).collect();
    format!("{}@{domain}.example", local.trim_matches('.'))
}

/// The ASCII letters and digits of a word, in lower case; common accents are taken off.
fn plain(word: &str) -> String {
    let bare = |c: char| match c {
        'á' | 'à' | 'â' | 'ã' | 'ä' | 'å' => 'a',
        'é' | 'è' | 'ê' | 'ë' => 'e',
        'í' | 'ì' | 'î' | 'ï' => 'i',
        'ó' | 'ò' | 'ô' | 'õ' | 'ö' | 'ø' => 'o',
        'ú' | 'ù' | 'û' | 'ü' => 'u',
        'ç' => 'c',
        'ñ' => 'n',
        other => other,
    };
    word.to_lowercase().chars().map(bare).filter(char::is_ascii_alphanumeric).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_made_of_names() {
        assert_eq!(address("Zoë Núñez", "people"), "zoe.nunez@people.example");
        assert!(address("王芳", "").ends_with("@client.example"));
        assert_eq!(plain("Fjord & Kraft AS"), "fjordkraftas");
    }
}
