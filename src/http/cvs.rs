//! The CVs of a batch behind a code: the page at `/b/{token}/cv`, and the files below it.   RFC 6265, 6266
//!
//! In: requests of whoever holds the link of a batch page. Out: pages and files, and [`CvAct`]s handed to the daemon, each with the secret of
//! the device that the cookie bears. Never here: a code, a mail that somebody did not press for, a file for a device that is not in.
//!
//! The cookie is set by the page itself, so that a form sent twice comes from one device, and one sent by another site from none.

use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::Response;
use futures_util::future::BoxFuture;
use minijinja::context;
use minijinja::value::Value;
use std::future::Future;
use std::sync::Arc;
use tokio::time::timeout;

use super::app::{App, Opened, Peer, path_of};
use super::look::Look;
use super::press::is_clients;
use super::routes::allowed;
use super::show::mail_instead;
use super::{Pages, PagesError};
use crate::link::{Claim, Scope, Verdict};
use crate::model::SubmissionId;

/// The daemon's side of the CVs.
pub trait Cvs: Send + Sync {
    /// The secret of a device that has none yet; `None` when none can be made.
    fn new_device(&self) -> Option<String>;
    /// What the page shows to a device. Changes nothing.
    fn look(&self, claim: Claim, device: Option<String>) -> BoxFuture<'_, CvAnswer>;
    /// Somebody pressed something on it.
    fn act(&self, claim: Claim, device: String, act: CvAct) -> BoxFuture<'_, CvAnswer>;
    /// A candidate's CV; `None` for a device that is not in, and for a file that is not there.
    fn file(&self, claim: Claim, device: String, of: SubmissionId) -> BoxFuture<'_, Option<CvFile>>;
}

/// What can be pressed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CvAct {
    /// Mail a code to the contact.
    Ask,
    /// These digits were typed.
    Type(String),
}

/// The daemon's answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CvAnswer {
    /// The page as it now stands.
    Page(Box<CvView>),
    /// No page of CVs belongs to this link.
    Nothing,
    /// Not now: the database cannot be asked.
    Busy,
}

/// What the page shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CvView {
    /// The client company.
    pub client: String,
    /// The role.
    pub project: String,
    /// `REF-7K3Q`.
    pub reference: String,
    /// Where the code goes: `j***@client.com`.
    pub addressed_to: String,
    /// A mailto: address that takes a question when the page cannot.
    pub mail_instead: String,
    /// How far the device is.
    pub state: CvState,
    /// What came of a press, where the state does not say it.
    pub told: Option<CvTold>,
}

/// How far a device is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CvState {
    /// It has asked for no code that still works.
    Closed,
    /// A code was mailed.
    Mailed {
        /// Until when it works, spelled out.
        until: String,
    },
    /// The code was typed.
    Open {
        /// For how long, spelled out.
        until: String,
        /// The CVs.
        files: Vec<CvLine>,
    },
}

/// A CV on the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CvLine {
    /// Whose.
    pub submission: SubmissionId,
    /// Their name.
    pub name: String,
    /// That of the file.
    pub file: String,
    /// Its octets.
    pub size: u64,
}

/// A CV.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CvFile {
    /// Its name.
    pub name: String,
    /// Its media type.
    pub media_type: String,
    /// All of it.
    pub bytes: Vec<u8>,
}

/// What came of a press.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CvTold {
    /// That was not the code; so often something may still be typed.
    Wrong(u32),
    /// The code has ended, was used, or was tried too often: a new one must be asked for.
    Over,
    /// So many codes were mailed that there is none for a while.
    TooMany,
    /// The contact is not written to at this time.
    Withheld,
    /// The browser keeps no cookie.
    NoCookie,
    /// The form was too old.
    Stale,
    /// The visit touched the trap.
    Automated,
}

impl CvTold {
    const ALL: [Self; 7] = [
        Self::Wrong(4),
        Self::Over,
        Self::TooMany,
        Self::Withheld,
        Self::NoCookie,
        Self::Stale,
        Self::Automated,
    ];

    const fn name(self) -> &'static str {
        match self {
            Self::Wrong(_) => "wrong",
            Self::Over => "over",
            Self::TooMany => "too_many",
            Self::Withheld => "withheld",
            Self::NoCookie => "no_cookie",
            Self::Stale => "stale",
            Self::Automated => "automated",
        }
    }
}

/// `/b/{token}/cv` and `/b/{token}/cv/{submission}`
pub(super) async fn answer(State(app): State<Arc<App>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let (Some(Peer(peer)), Some(cvs)) = (parts.extensions.get::<Peer>(), &app.desk.cvs) else {
        return app.not_found();
    };
    let path = parts.uri.path();
    let opened = app.open(path, *peer, &parts.headers);
    let Some(opened) = opened.filter(|opened| opened.claim.scope == Scope::Batch && is_clients(&opened.claim)) else {
        return app.not_found();
    };
    let of = match path.split('/').nth(4).map(str::parse) {
        None => None,
        Some(Ok(id)) => Some(SubmissionId(id)),
        Some(Err(_)) => return app.not_found(),
    };
    // What can still be done with an ended link is on its own page.
    if opened.verdict != Verdict::Good(opened.claim) {
        return lead_to(&app, &format!("b/{}", opened.token));
    }
    let visit = Visit {
        app: &app,
        cvs: cvs.as_ref(),
        opened: &opened,
        device: app.cookie.read(&parts.headers),
    };
    let answer = match (parts.method, of) {
        (Method::HEAD, _) => app.own.html(StatusCode::OK, Bytes::new()),
        (Method::GET, None) => visit.look(None).await,
        (Method::GET, Some(of)) => visit.file(of).await,
        (Method::POST, None) => visit.post(&parts.headers, body).await,
        (Method::OPTIONS, _) => allowed(&app, StatusCode::NO_CONTENT),
        (_, _) => allowed(&app, StatusCode::METHOD_NOT_ALLOWED),
    };
    tracing::debug!(link.id = %opened.id, status = answer.status().as_u16(), "the page of CVs was asked");
    answer
}

/// One request.
struct Visit<'a> {
    app: &'a App,
    cvs: &'a dyn Cvs,
    opened: &'a Opened<'a>,
    /// The secret in its cookie.
    device: Option<String>,
}

impl Visit<'_> {
    async fn look(&self, told: Option<CvTold>) -> Response {
        let mut answer = self.in_time(self.cvs.look(self.opened.claim, self.device.clone())).await;
        if let (CvAnswer::Page(view), Some(_)) = (&mut answer, told) {
            view.told = told;
        }
        self.show(answer)
    }

    async fn post(&self, headers: &HeaderMap, body: Body) -> Response {
        let (app, opened) = (self.app, self.opened);
        let network = crate::link::network(opened.from);
        if !app.pace.allows(network, app.settings.limits.posts_per_minute, opened.now_min) {
            return app.refused(StatusCode::TOO_MANY_REQUESTS);
        }
        let form = match app.form(headers, body).await {
            Ok(form) => form,
            Err(status) => return app.refused(status),
        };
        if form.fell_into_trap() {
            app.mark(opened);
        }
        if !app.settings.keyring.check_nonce(form.nonce(), opened.token, opened.now_min) {
            return self.look(Some(CvTold::Stale)).await;
        }
        let Some(act) = form.about_cvs() else {
            return self.look(None).await;
        };
        if app.is_marked(opened) {
            return self.look(Some(CvTold::Automated)).await;
        }
        // A code would be of no use to it.
        let Some(device) = self.device.clone() else {
            return self.look(Some(CvTold::NoCookie)).await;
        };
        let answer = self.in_time(self.cvs.act(opened.claim, device, act)).await;
        self.show(answer)
    }

    async fn file(&self, of: SubmissionId) -> Response {
        let file = match self.device.clone() {
            Some(device) => timeout(self.app.settings.limits.total, self.cvs.file(self.opened.claim, device, of)).await,
            None => Ok(None),
        };
        let Ok(Some(file)) = file else {
            return lead_to(self.app, &format!("b/{}/cv", self.opened.token));
        };
        let mut answer = self.app.own.html(StatusCode::OK, file.bytes.into());
        let kind = HeaderValue::from_str(&file.media_type);
        let headers = answer.headers_mut();
        headers.insert(
            header::CONTENT_TYPE,
            kind.unwrap_or(HeaderValue::from_static("application/octet-stream")),
        );
        if let Ok(name) = HeaderValue::from_str(&disposition(&file.name)) {
            headers.insert(header::CONTENT_DISPOSITION, name);
        }
        answer
    }

    async fn in_time(&self, asked: impl Future<Output = CvAnswer>) -> CvAnswer {
        let answer = timeout(self.app.settings.limits.total, asked).await;
        answer.unwrap_or(CvAnswer::Busy)
    }

    fn show(&self, answer: CvAnswer) -> Response {
        let (app, opened) = (self.app, self.opened);
        let view = match answer {
            CvAnswer::Page(view) => view,
            CvAnswer::Nothing => return lead_to(app, &format!("b/{}", opened.token)),
            CvAnswer::Busy => return app.busy(None),
        };
        let nonce = app.settings.keyring.nonce(opened.token, opened.now_min);
        let look = app.look_for(Some(&view.client));
        let back = format!("../{}", opened.token);
        let mut page = app
            .settings
            .pages
            .answer(StatusCode::OK, "cvs.html", look, values(&view, &nonce, &back));
        let device = self.device.clone().or_else(|| self.cvs.new_device());
        if let Some(cookie) = device.and_then(|secret| app.cookie.set(&secret)) {
            page.headers_mut().insert(header::SET_COOKIE, cookie);
        }
        page
    }
}

/// Leads to another page of ours (303: with GET).
fn lead_to(app: &App, path: &str) -> Response {
    let mut answer = app.own.html(StatusCode::SEE_OTHER, Bytes::new());
    if let Ok(place) = HeaderValue::from_str(&format!("{}/{path}", path_of(&app.settings.public_url))) {
        answer.headers_mut().insert(header::LOCATION, place);
    }
    answer
}

/// `back` is the way to the page with the answers.
fn values(view: &CvView, nonce: &str, back: &str) -> Value {
    let line = |one: &CvLine| context! { id => one.submission.0, name => &one.name, file => &one.file, size => size(one.size) };
    let (state, until, files) = match &view.state {
        CvState::Closed => ("closed", "", Vec::new()),
        CvState::Mailed { until } => ("mailed", until.as_str(), Vec::new()),
        CvState::Open { until, files } => ("open", until.as_str(), files.iter().map(line).collect()),
    };
    context! {
        reference => &view.reference,
        client => &view.client,
        project => &view.project,
        addressed_to => &view.addressed_to,
        mail_instead => mail_instead(&view.mail_instead),
        trap => "trap",
        nonce,
        told => view.told.map(CvTold::name),
        left => if let Some(CvTold::Wrong(left)) = view.told { Some(left) } else { None },
        back,
        state,
        until,
        files,
    }
}

fn size(octets: u64) -> String {
    match octets / 1024 {
        0 => "1 KB".to_owned(),
        kilobytes @ 1..1024 => format!("{kilobytes} KB"),
        kilobytes => format!("{}.{} MB", kilobytes / 1024, kilobytes % 1024 * 10 / 1024),
    }
}

/// The name twice: plain for every browser, and as it is for those that read it (RFC 6266 4.3).
fn disposition(name: &str) -> String {
    let plain: String = name
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || "._- ".contains(c) { c } else { '_' })
        .collect();
    let mut whole = String::new();
    for byte in name.bytes() {
        match byte.is_ascii_alphanumeric() || b"._-".contains(&byte) {
            true => whole.push(char::from(byte)),
            false => whole.push_str(&format!("%{byte:02X}")),
        }
    }
    format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{whole}")
}

/// The page in each state, with each thing it tells.
pub(super) fn try_all(pages: &Pages, look: &Look) -> Result<(), PagesError> {
    let until = || "soon".to_owned();
    let line = CvLine {
        submission: SubmissionId(1),
        name: "Ana Souza".to_owned(),
        file: "cv.pdf".to_owned(),
        size: 4000,
    };
    for state in [
        CvState::Closed,
        CvState::Mailed { until: until() },
        CvState::Open {
            until: until(),
            files: vec![line.clone(), line],
        },
    ] {
        for told in CvTold::ALL.into_iter().map(Some).chain([None]) {
            let view = CvView {
                client: "Client".to_owned(),
                project: "Role".to_owned(),
                reference: "REF-2222".to_owned(),
                addressed_to: "a***@client.example".to_owned(),
                mail_instead: "mailto:a@agency.example".to_owned(),
                state: state.clone(),
                told,
            };
            pages.render("cvs.html", look, values(&view, "n", "../t"))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_called_by_its_name_and_nothing_else() {
        assert_eq!(
            disposition("Ana Souza.pdf"),
            "attachment; filename=\"Ana Souza.pdf\"; filename*=UTF-8''Ana%20Souza.pdf"
        );
        let odd = disposition("Zoë\"; x=\"\r\n.pdf");
        assert_eq!(
            odd,
            "attachment; filename=\"Zo___ x____.pdf\"; filename*=UTF-8''Zo%C3%AB%22%3B%20x%3D%22%0D%0A.pdf"
        );
        assert!(HeaderValue::from_str(&odd).is_ok());
    }

    #[test]
    fn sizes_are_told_in_few_digits() {
        assert_eq!([size(10), size(123_000), size(3_500_000)], ["1 KB", "120 KB", "3.3 MB"]);
    }
}
