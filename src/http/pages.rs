//! The templates in `templates/pages/`: compiled in, and any of them may be replaced from a directory.

use std::path::{Path, PathBuf};

use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, Response, StatusCode, header};
use minijinja::syntax::SyntaxConfig;
use minijinja::value::Value;
use minijinja::{AutoEscape, Environment, UndefinedBehavior, context, escape_formatter};

use super::look::Look;
use super::trial;
use crate::compose::Agency;

macro_rules! built_in {
    ($($name:literal),* $(,)?) => {
        /// Name and text of every file, as compiled in.
        const BUILT_IN: &[(&str, &str)] = &[$(($name, include_str!(concat!("../../templates/pages/", $name)))),*];
    };
}

built_in![
    "base.html",
    "parts.html",
    "decide.html",
    "undo.html",
    "reasons.html",
    "batch.html",
    "confirm.html",
    "go_on.html",
    "look.html",
    "interview.html",
    "interview_parts.html",
    "expired.html",
    "fresh.html",
    "cvs.html",
    "not_found.html",
    "busy.html",
    "refused.html",
    "trap.html",
];

const STYLE: (&str, &str) = ("style.css", include_str!("../../templates/pages/style.css"));

/// Steps one page may take. A batch page with a hundred candidates needs about a tenth of it.
const FUEL: u64 = 5_000_000;

/// The pages in use, and their stylesheet.
#[derive(Debug, Clone)]
pub struct Pages {
    env: Environment<'static>,
    style: String,
}

/// A template of a page does not work: which one, where, and what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PagesError {
    /// The directory or a file in it cannot be read.
    #[error("{path}: {why}; make it readable, or remove it to use the built-in page", path = .path.display())]
    Unreadable {
        /// Directory or file.
        path: PathBuf,
        /// The system's words.
        why: String,
    },
    /// A file that replaces nothing.
    #[error("{path}: there is no page of this name to replace; the names are {names}", path = .path.display())]
    UnknownName {
        /// The file.
        path: PathBuf,
        /// All names there are.
        names: String,
    },
    /// A syntax error, an unknown variable, or a loop without end.
    #[error("{name}, line {line}: {why}; correct the line, or remove the file to use the built-in page")]
    Broken {
        /// The template.
        name: String,
        /// Counted from 1; 0 when not known.
        line: usize,
        /// What is wrong.
        why: String,
    },
}

impl Pages {
    /// The pages that come with replyd.
    ///
    /// # Errors
    /// Never for templates that pass the tests.
    pub fn builtin() -> Result<Self, PagesError> {
        Self::with(Vec::new())
    }

    /// The built-in pages with those of `dir/pages/` in place of their namesakes, if there is such a directory.
    /// Read once, at start, and every page is tried on invented people.
    ///
    /// # Errors
    /// Names the file, the line and the fix.
    pub fn with_overrides(dir: &Path) -> Result<Self, PagesError> {
        let dir = dir.join("pages");
        let unreadable = |path: &Path, error: &std::io::Error| PagesError::Unreadable {
            path: path.to_owned(),
            why: error.to_string(),
        };
        if !dir.exists() {
            return Self::builtin();
        }
        let mut found = Vec::new();
        for entry in std::fs::read_dir(&dir).map_err(|error| unreadable(&dir, &error))? {
            let path = entry.map_err(|error| unreadable(&dir, &error))?.path();
            if path.extension().is_some_and(|ending| ending == "html" || ending == "css") {
                let text = std::fs::read_to_string(&path).map_err(|error| unreadable(&path, &error))?;
                found.push((path, text));
            }
        }
        let pages = Self::with(found)?;
        trial::try_all(&pages)?;
        Ok(pages)
    }

    fn with(replaced: Vec<(PathBuf, String)>) -> Result<Self, PagesError> {
        let mut env = Environment::new();
        env.set_undefined_behavior(UndefinedBehavior::SemiStrict);
        env.set_fuel(Some(FUEL));
        env.set_auto_escape_callback(|_| AutoEscape::Html);
        // Nobody shall read the word "none" where there is nothing to say.
        env.set_formatter(|out, state, value| {
            if value.is_none() {
                return Ok(());
            }
            escape_formatter(out, state, value)
        });
        let syntax = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build();
        env.set_syntax(syntax.map_err(|error| broken("syntax", &error))?);
        for (name, text) in BUILT_IN {
            env.add_template(name, text).map_err(|error| broken(name, &error))?;
        }
        let mut style = STYLE.1.to_owned();
        for (path, text) in replaced {
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            if name == STYLE.0 {
                // Browsers read CRLF as LF (WHATWG HTML 13.2.3.5), and the policy's hash is of what they read.
                style = text.replace("\r\n", "\n").replace('\r', "\n");
            } else if BUILT_IN.iter().any(|(known, _)| *known == name) {
                let place = path.display().to_string();
                env.add_template_owned(name, text).map_err(|error| broken(&place, &error))?;
            } else {
                let names: Vec<_> = BUILT_IN.iter().map(|(name, _)| *name).chain([STYLE.0]).collect();
                return Err(PagesError::UnknownName {
                    path,
                    names: names.join(", "),
                });
            }
        }
        // A stylesheet that closes its element would be one that the policy's hash does not cover.
        if style.contains("</") {
            return Err(PagesError::Broken {
                name: STYLE.0.to_owned(),
                line: 0,
                why: "a stylesheet holds no \"</\"".to_owned(),
            });
        }
        Ok(Self { env, style })
    }

    /// How an agency's pages look. `prefix` is the path under which the public sees them.
    pub(super) fn look(&self, agency: &Agency, prefix: &str) -> Look {
        Look::new(agency, &self.style, prefix)
    }

    /// Renders a page in an agency's look.
    pub(super) fn render(&self, name: &str, look: &Look, values: Value) -> Result<String, PagesError> {
        let values = context! { ..look.values(), ..values };
        self.env
            .get_template(name)
            .and_then(|template| template.render(values))
            .map_err(|error| broken(error.name().unwrap_or(name), &error))
    }

    /// A page as an answer. A template that fails is told to the operator, and the visitor gets plain words.
    pub(super) fn answer(&self, status: StatusCode, name: &str, look: &Look, values: Value) -> Response<Body> {
        match self.render(name, look, values) {
            Ok(html) => look.html(status, html.into()),
            Err(error) => {
                tracing::error!(%error, "a page could not be shown");
                let words = "We cannot show this page just now. Please answer the mail in your own words.";
                let mut answer = look.html(StatusCode::INTERNAL_SERVER_ERROR, Bytes::from_static(words.as_bytes()));
                let plain = HeaderValue::from_static("text/plain; charset=utf-8");
                answer.headers_mut().insert(header::CONTENT_TYPE, plain);
                answer
            }
        }
    }
}

fn broken(name: &str, error: &minijinja::Error) -> PagesError {
    PagesError::Broken {
        name: name.to_owned(),
        line: error.line().unwrap_or(0),
        why: error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(name: &str, text: &str) -> Result<Pages, PagesError> {
        let pages = Pages::with(vec![(PathBuf::from(format!("/templates/pages/{name}")), text.to_owned())])?;
        trial::try_all(&pages)?;
        Ok(pages)
    }

    #[test]
    fn every_built_in_page_renders_and_holds_no_script() {
        let pages = Pages::builtin().unwrap();
        trial::try_all(&pages).unwrap();
        for (name, text) in BUILT_IN {
            for outside in ["<script", "javascript:", " on", "http://", "https://", " style=", "@import", "url("] {
                let found = text
                    .find(outside)
                    .filter(|_| outside != " on" || text.contains(" onclick") || text.contains(" onload"));
                assert_eq!(found, None, "{name} holds {outside}");
            }
        }
    }

    #[test]
    fn a_broken_override_names_itself_and_the_line() {
        let error = with("decide.html", "fine\n{% if %}").unwrap_err().to_string();
        assert!(error.contains("/templates/pages/decide.html, line 2"), "{error}");
        let error = with("batch.html", "{{ candidate.nmae.x }}").unwrap_err().to_string();
        assert!(error.contains("batch.html, line 1"), "{error}");
        let error = with("deicde.html", "").unwrap_err().to_string();
        assert!(error.contains("decide.html"), "{error}");
        assert!(with("style.css", "</style><p>").is_err());
    }

    #[test]
    fn a_stylesheet_from_windows_is_the_one_that_the_policy_allows() {
        let look = |text: &str| with("style.css", text).unwrap().look(&trial::example_agency(), "").guard_lines();
        assert_eq!(look("a{}\r\nb{}\rc{}"), look("a{}\nb{}\nc{}"));
    }

    #[test]
    fn what_is_not_there_is_not_written_as_a_word() {
        let pages = with("not_found.html", "<input value=\"{{ nothing }}\">{{ text }}").unwrap_err();
        assert!(pages.to_string().contains("undefined"), "{pages}");
        let pages = Pages::with(vec![(
            PathBuf::from("not_found.html"),
            "<input value=\"{{ nothing }}\">{{ text }}".to_owned(),
        )])
        .unwrap();
        let values = context! { nothing => None::<&str>, text => Some("<Ana>") };
        let html = pages
            .render("not_found.html", &pages.look(&trial::example_agency(), ""), values)
            .unwrap();
        assert_eq!(html, "<input value=\"\">&lt;Ana&gt;");
    }

    #[test]
    fn what_people_write_is_escaped() {
        let pages = Pages::builtin().unwrap();
        let agency = Agency {
            name: "<b>\"A\" & Co</b>".into(),
            ..trial::example_agency()
        };
        let html = pages.render("not_found.html", &pages.look(&agency, ""), context! {}).unwrap();
        assert!(!html.contains("<b>"), "{html}");
    }
}
