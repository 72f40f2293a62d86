//! The templates in `templates/mail/`: compiled in, and any of them may be replaced from a directory.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use minijinja::syntax::SyntaxConfig;
use minijinja::value::Value;
use minijinja::{AutoEscape, Environment, Output, State, UndefinedBehavior, escape_formatter};

use super::sample;

macro_rules! built_in {
    ($($name:literal),* $(,)?) => {
        /// Name and text of every template, as compiled in.
        const BUILT_IN: [(&str, &str); [$($name),*].len()] = [$(($name, include_str!(concat!("../../templates/mail/", $name)))),*];
    };
}

built_in![
    "base.html",
    "base.txt",
    "parts.html",
    "parts.txt",
    "submission.html",
    "submission.txt",
    "receipt.html",
    "receipt.txt",
    "did_you_mean.html",
    "did_you_mean.txt",
    "confirm_sender.html",
    "confirm_sender.txt",
    "confirm_deputy.html",
    "confirm_deputy.txt",
    "nudge.html",
    "nudge.txt",
    "nudge_several.html",
    "nudge_several.txt",
    "follow_up.html",
    "follow_up.txt",
    "ask_reasons.html",
    "ask_reasons.txt",
    "fresh_link.html",
    "fresh_link.txt",
    "cv_code.html",
    "cv_code.txt",
    "ask_times.html",
    "ask_times.txt",
    "offer_times.html",
    "offer_times.txt",
    "invitation.html",
    "invitation.txt",
    "called_off.html",
    "called_off.txt",
    "reminder.html",
    "reminder.txt",
    "stays_as_is.html",
    "stays_as_is.txt",
    "not_held.html",
    "not_held.txt",
    "ask_outcome.html",
    "ask_outcome.txt",
    "withdrawn.html",
    "withdrawn.txt",
    "feedback.html",
    "feedback.txt",
    "desk.html",
    "desk.txt",
    "notice.html",
    "notice.txt",
];

/// Steps one letter may take. A letter with a hundred candidates needs about a tenth of it.
const FUEL: u64 = 5_000_000;

/// The set of templates in use.
pub struct Templates {
    env: Environment<'static>,
    /// Which of them were read from where.
    replaced: BTreeMap<String, PathBuf>,
}

/// A template does not work: which one, where, and what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TemplateError {
    /// The directory or a file in it cannot be read.
    #[error("{path}: {why}; name a readable directory as [templates] directory, or leave the key out", path = .path.display())]
    Unreadable {
        /// Directory or file.
        path: PathBuf,
        /// The system's words.
        why: String,
    },
    /// A file that replaces nothing.
    #[error("{path}: there is no template of this name to replace; the names are {known}", path = .path.display())]
    UnknownName {
        /// The file.
        path: PathBuf,
        /// The names there are.
        known: String,
    },
    /// A syntax error, an unknown variable, or a loop without end.
    #[error("{place}, line {line}: {why}; correct the line, or remove the file to use the built-in template")]
    Broken {
        /// The file, or the name of the built-in template.
        place: String,
        /// Counted from 1; 0 when not known.
        line: usize,
        /// What is wrong.
        why: String,
    },
}

impl Templates {
    /// The templates that come with replyd.
    ///
    /// # Errors
    /// Never for templates that pass the tests.
    pub fn builtin() -> Result<Self, TemplateError> {
        Self::with(&BTreeMap::new())
    }

    /// The built-in templates with those of a directory in place of their namesakes. Files that do not end in `.html` or `.txt` are ignored.
    /// Read once, at start; every template is tried on an invented letter of each kind, so that a mistake shows here and not in the middle of the night.
    ///
    /// # Errors
    /// Names the file, the line and the fix.
    pub fn with_overrides(dir: &Path) -> Result<Self, TemplateError> {
        let unreadable = |path: &Path, error: &std::io::Error| TemplateError::Unreadable {
            path: path.to_owned(),
            why: error.to_string(),
        };
        let mut found = BTreeMap::new();
        for entry in std::fs::read_dir(dir).map_err(|error| unreadable(dir, &error))? {
            let path = entry.map_err(|error| unreadable(dir, &error))?.path();
            let is_template = path.extension().is_some_and(|ending| ending == "html" || ending == "txt");
            if is_template {
                let text = std::fs::read_to_string(&path).map_err(|error| unreadable(&path, &error))?;
                found.insert(path, text);
            }
        }
        let templates = Self::with(&found)?;
        sample::try_all(&templates)?;
        Ok(templates)
    }

    /// The built-in templates, some replaced by texts given with the path they came from.
    fn with(overrides: &BTreeMap<PathBuf, String>) -> Result<Self, TemplateError> {
        let mut env = Environment::new();
        env.set_undefined_behavior(UndefinedBehavior::Strict);
        env.set_fuel(Some(FUEL));
        env.set_auto_escape_callback(|name| {
            if name.ends_with(".html") {
                AutoEscape::Html
            } else {
                AutoEscape::None
            }
        });
        env.set_formatter(format);
        let syntax = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build();
        env.set_syntax(syntax.map_err(|error| broken("syntax", &error))?);
        for (name, text) in BUILT_IN {
            env.add_template(name, text).map_err(|error| broken(name, &error))?;
        }
        let mut replaced = BTreeMap::new();
        for (path, text) in overrides {
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            if !BUILT_IN.iter().any(|(known, _)| *known == name) {
                return Err(TemplateError::UnknownName {
                    path: path.clone(),
                    known: BUILT_IN.map(|(known, _)| known).join(", "),
                });
            }
            env.add_template_owned(name.clone(), text.clone())
                .map_err(|error| broken(&path.display().to_string(), &error))?;
            replaced.insert(name, path.clone());
        }
        Ok(Self { env, replaced })
    }

    /// Renders one template.
    pub(super) fn render(&self, name: &str, view: &Value) -> Result<String, TemplateError> {
        let wrong = |error: minijinja::Error| {
            let name = error.name().unwrap_or(name);
            let place = self
                .replaced
                .get(name)
                .map_or_else(|| name.to_owned(), |path| path.display().to_string());
            broken(&place, &error)
        };
        self.env
            .get_template(name)
            .and_then(|template| template.render(view))
            .map_err(wrong)
    }
}

impl std::fmt::Debug for Templates {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Templates")
            .field("replaced", &self.replaced)
            .finish_non_exhaustive()
    }
}

/// Escapes what HTML needs (and minijinja's `/` not: `https:&#x2f;&#x2f;` is right, but too much for some gateways).
fn format(out: &mut Output, state: &mut State, value: &Value) -> Result<(), minijinja::Error> {
    let text = match (state.auto_escape(), value.as_str()) {
        (AutoEscape::Html, Some(text)) if !value.is_safe() => text,
        _ => return escape_formatter(out, state, value),
    };
    let mut rest = text;
    while let Some(at) = rest.find(['&', '<', '>', '"', '\'']) {
        let (plain, tail) = rest.split_at(at);
        let mut chars = tail.chars();
        let escaped = match chars.next() {
            Some('&') => "&amp;",
            Some('<') => "&lt;",
            Some('>') => "&gt;",
            Some('"') => "&quot;",
            Some(_) | None => "&#39;",
        };
        out.write_str(plain)?;
        out.write_str(escaped)?;
        rest = chars.as_str();
    }
    Ok(out.write_str(rest)?)
}

fn broken(place: &str, error: &minijinja::Error) -> TemplateError {
    let cause = std::error::Error::source(error)
        .map(|inner| format!(" ({inner})"))
        .unwrap_or_default();
    TemplateError::Broken {
        place: place.to_owned(),
        line: error.line().unwrap_or(0),
        why: format!("{}{cause}", error.detail().map_or_else(|| error.kind().to_string(), str::to_owned)),
    }
}
