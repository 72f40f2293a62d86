//! Errors of files people write, with the line, and a suggestion for a mistyped key.

use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;

/// What is wrong with a file a person wrote, where, and what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}: {what}", path.display())]
pub struct ConfigError {
    path: PathBuf,
    what: String,
}

impl ConfigError {
    pub(crate) fn new(path: &Path, what: String) -> Self {
        Self {
            path: path.to_owned(),
            what,
        }
    }
}

/// Parses TOML; errors name the line and suggest the key that was probably meant.
///
/// # Errors
/// See above.
pub fn parse_toml<T: DeserializeOwned>(path: &Path, text: &str) -> Result<T, ConfigError> {
    toml::from_str(text).map_err(|error| {
        let line = error
            .span()
            .map(|span| 1 + text.get(..span.start).unwrap_or_default().matches('\n').count());
        let place = line.map(|line| format!("line {line}: ")).unwrap_or_default();
        ConfigError::new(path, format!("{place}{}{}", error.message(), suggestion(error.message())))
    })
}

/// Parses JSON; errors name the line and suggest the key that was probably meant.
pub(super) fn parse_json<T: DeserializeOwned>(path: &Path, text: &str) -> Result<T, ConfigError> {
    serde_json::from_str(text).map_err(|error| {
        let full = error.to_string();
        let message = full.rsplit_once(" at line ").map_or(full.as_str(), |(message, _)| message);
        ConfigError::new(path, format!("line {}: {message}{}", error.line(), suggestion(message)))
    })
}

/// serde says: unknown field `zonee`, expected one of `zone`, `name`.
fn suggestion(message: &str) -> String {
    let mut quoted = message.split('`').skip(1).step_by(2);
    let Some(written) = quoted.next().filter(|_| message.starts_with("unknown field")) else {
        return String::new();
    };
    let close = quoted.map(|key| (strsim::damerau_levenshtein(written, key), key)).min();
    match close {
        Some((distance, key)) if distance <= 1 + written.len() / 3 => format!("; did you mean `{key}`?"),
        Some(_) | None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::File;

    #[test]
    fn an_unknown_key_is_named_with_its_line_and_a_suggestion() {
        let text = include_str!("../../config.toml").replace("\ndatabase =", "\ndatabse =");
        let error = parse_toml::<File>(Path::new("config.toml"), &text).unwrap_err().to_string();
        let line = 1 + text.lines().position(|line| line.starts_with("databse")).unwrap();
        assert!(
            error.starts_with(&format!("config.toml: line {line}: unknown field `databse`")),
            "{error}"
        );
        assert!(error.ends_with("did you mean `database`?"), "{error}");
    }

    #[test]
    fn the_shipped_file_shows_every_default_as_it_is() {
        let shipped = include_str!("../../config.toml");
        // Uncommenting every "# key = value" must still give a file that is understood.
        let all: String = shipped
            .lines()
            .map(|line| match line.strip_prefix("# ") {
                Some(rest)
                    if rest
                        .split_once(" = ")
                        .is_some_and(|(key, _)| key.chars().all(|c| c.is_ascii_lowercase() || c == '_')) =>
                {
                    rest
                }
                Some(_) | None => line,
            })
            .collect::<Vec<_>>()
            .join("\n");
        let (shown, default): (File, File) = (
            parse_toml(Path::new("all"), &all).unwrap(),
            parse_toml(Path::new("config.toml"), shipped).unwrap(),
        );
        assert_eq!(shown.decision.grace_pass_min, default.decision.grace_pass_min);
        for (name, a, b) in [
            ("decision", format!("{:?}", shown.decision), format!("{:?}", default.decision)),
            ("chase", format!("{:?}", shown.chase), format!("{:?}", default.chase)),
            ("hours", format!("{:?}", shown.hours), format!("{:?}", default.hours)),
            ("links", format!("{:?}", shown.links), format!("{:?}", default.links)),
            ("addresses", format!("{:?}", shown.addresses), format!("{:?}", default.addresses)),
            ("imap", format!("{:?}", shown.imap.folders), format!("{:?}", default.imap.folders)),
        ] {
            assert_eq!(a, b, "[{name}]");
        }
    }
}
