//! The pages' own traffic: a link is opened, shown, pressed.

use std::net::IpAddr;

use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use minijinja::context;
use tokio::time::timeout;

use super::api::{Asker, Gate};
use super::cookie::Cookie;
use super::form::{Filled, Kept};
use super::hub::Door;
use super::look::Look;
use super::memory::{Marks, Pace};
use super::show::{Notice, Picked, Shown, expired, mail_instead};
use super::{Action, Answer, Confirm, Desk, Press, Settings, View, press, reader, visitor};
use crate::compose::{Brand, Logo};
use crate::conversation::Visit;
use crate::link::{Claim, Scope, Verdict, prefix, token_id};
use crate::model::SubmissionId;

/// How long a visit stays marked after it touched the trap, and how often a link is reported as seen.
const MARK_MINUTES: u32 = 10;
const MOST_MARKS: usize = 4096;

/// The peer of a connection, put into each of its requests.
#[derive(Clone, Copy)]
pub(super) struct Peer(pub(super) IpAddr);

/// Everything a request needs.
pub(super) struct App {
    pub(super) settings: Settings,
    /// The agency's own look.
    pub(super) own: Look,
    /// The looks for single clients, in the order of the settings.
    looks: Vec<Look>,
    pub(super) desk: Desk,
    traps: Marks<(String, u64)>,
    seen: Marks<String>,
    pub(super) pace: Pace<[u8; 6]>,
    not_found: Bytes,
    pub(super) gate: Option<Gate>,
    pub(super) hub: Option<Door>,
    /// Of devices that ask for CVs.
    pub(super) cookie: Cookie,
}

/// A link that was opened: its token is ours.
pub(super) struct Opened<'a> {
    pub(super) token: &'a str,
    /// A reason named behind the token of a reasons link: the page shows it ticked.
    picked: Option<Picked>,
    pub(super) id: String,
    pub(super) verdict: Verdict,
    pub(super) claim: Claim,
    pub(super) now_min: u32,
    visitor: u64,
    pub(super) from: IpAddr,
}

impl App {
    pub(super) fn new(settings: Settings, desk: Desk) -> Self {
        let prefix = path_of(&settings.public_url);
        let own = settings.pages.look(&settings.agency, &prefix);
        let look = |brand: &Brand| settings.pages.look(&brand.agency, &prefix);
        let not_found = settings.pages.render("not_found.html", &own, context! {});
        Self {
            looks: settings.brands.iter().map(look).collect(),
            own,
            not_found: not_found.unwrap_or_else(|_| "There is nothing here.".to_owned()).into(),
            traps: Marks::new(MARK_MINUTES, MOST_MARKS),
            seen: Marks::new(MARK_MINUTES, MOST_MARKS),
            pace: Pace::default(),
            gate: desk.api.clone().map(Gate::new),
            cookie: Cookie::of_cvs(&settings.public_url),
            hub: desk.hub.clone().and_then(|hub| Door::new(hub, &settings)),
            settings,
            desk,
        }
    }

    /// A page about a request that was refused before anything was looked at.
    pub(super) fn refused(&self, status: StatusCode) -> Response {
        let values = context! { status => status.as_u16() };
        let mut answer = self.page(status, "refused.html", values);
        if status == StatusCode::TOO_MANY_REQUESTS || status == StatusCode::SERVICE_UNAVAILABLE {
            answer.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("60"));
        }
        answer
    }

    pub(super) fn page(&self, status: StatusCode, name: &str, values: minijinja::Value) -> Response {
        self.settings.pages.answer(status, name, &self.own, values)
    }

    /// How the agency shows itself to a client; where none is known, to everybody.
    pub(super) fn look_for(&self, client: Option<&str>) -> &Look {
        let Some(client) = client else { return &self.own };
        let meant = Brand::of(&self.settings.brands, client);
        let looks = self.settings.brands.iter().zip(&self.looks);
        let found = looks.into_iter().find(|(brand, _)| Some(*brand) == meant);
        found.map_or(&self.own, |(_, look)| look)
    }

    /// A picture by its id.
    pub(super) fn logo(&self, id: &str) -> Option<&Logo> {
        std::iter::once(&self.own).chain(&self.looks).find_map(|look| look.logo(id))
    }

    pub(super) fn not_found(&self) -> Response {
        self.own.html(StatusCode::NOT_FOUND, self.not_found.clone())
    }

    /// Reads the token of a path. The path is taken as it was sent: a token has one spelling, percent signs are not part of it.
    pub(super) fn open<'a>(&self, path: &'a str, peer: IpAddr, headers: &HeaderMap) -> Option<Opened<'a>> {
        let mut parts = path.split('/').skip(1);
        let (kind, token) = (parts.next()?, parts.next()?);
        let picked = match parts.next() {
            None | Some("trap" | "calendar.ics" | "cv") => None,
            Some(name) => Some(Picked::named(name)?),
        };
        let now_min = Claim::minute((self.desk.now)());
        let verdict = self.settings.keyring.read_token(token, now_min);
        let claim = match verdict {
            Verdict::Good(claim) | Verdict::Expired(claim) => claim,
            Verdict::Unknown => return None,
        };
        if prefix(claim.scope) != kind || (picked.is_some() && claim.scope != Scope::Reasons) {
            return None;
        }
        let from = visitor::address(peer, headers, &self.settings.trusted_proxies);
        Some(Opened {
            token,
            picked,
            id: token_id(token),
            verdict,
            claim,
            now_min,
            visitor: self.settings.keyring.visitor(from, &visitor::user_agent(headers)),
            from,
        })
    }

    /// Who asks, for what is answered to some and not to others.
    pub(super) fn asker(&self, request: &Request) -> Option<Asker> {
        let Peer(peer) = request.extensions().get::<Peer>()?;
        let from = visitor::address(*peer, request.headers(), &self.settings.trusted_proxies);
        // Whatever a proxy says of whom it speaks for: it is somebody else.
        let relayed = ["x-forwarded-for", "x-forwarded-host", "x-real-ip", "forwarded", "via"];
        let relayed = relayed.iter().any(|name| request.headers().contains_key(*name));
        Some(Asker {
            from,
            local: peer.to_canonical().is_loopback() && !relayed,
            now_min: Claim::minute((self.desk.now)()),
        })
    }

    async fn look(&self, claim: Claim) -> Answer {
        timeout(self.settings.limits.total, (self.desk.look)(claim))
            .await
            .unwrap_or(Answer::Busy)
    }

    async fn press(&self, opened: &Opened<'_>, action: Action, visit: Visit, notes: Vec<(SubmissionId, String)>) -> Answer {
        tracing::info!(link.id = %opened.id, action = name(&action), automated = visit.automated, "a link was pressed");
        let press = Press {
            claim: opened.claim,
            action,
            notes,
            visit,
        };
        timeout(self.settings.limits.total, (self.desk.press)(press))
            .await
            .unwrap_or(Answer::Busy)
    }

    /// GET: shows, and changes nothing. With `decision.confirm = immediate` a decide link records at once.
    pub(super) async fn get(&self, opened: &Opened<'_>, headers: &HeaderMap) -> Response {
        if opened.verdict != Verdict::Good(opened.claim) {
            return self.over(opened, None).await;
        }
        if let Some(seen) = &self.desk.seen
            && self.seen.set(opened.id.clone(), opened.now_min)
        {
            seen(opened.claim);
        }
        let prefetched = ["sec-purpose", "purpose", "x-moz"].iter().any(|name| headers.contains_key(*name));
        match (self.settings.confirm, opened.claim.scope) {
            (Confirm::Immediate, Scope::Decide(decision)) if press::is_clients(&opened.claim) && !prefetched => {
                let action = Action::Decide(vec![(SubmissionId(opened.claim.item), decision)]);
                let visit = self.visit(opened, &Filled::default(), &action);
                self.act(opened, action, visit, Vec::new()).await
            }
            (Confirm::Press | Confirm::Immediate, _) => {
                let answer = self.look(opened.claim).await;
                self.show(opened, answer, &Kept::default(), None, false)
            }
        }
    }

    /// The booked interview of a link as a calendar file.
    pub(super) async fn calendar(&self, opened: &Opened<'_>) -> Option<Vec<u8>> {
        match self.look(opened.claim).await {
            Answer::Page(view) => view.interview.map(|one| one.file).filter(|file| !file.is_empty()),
            Answer::Expired { .. } | Answer::Mailed { .. } | Answer::Busy => None,
        }
    }

    /// Whether a link is good and leads one of the two sides to the page of an interview.
    pub(super) fn is_of_interview(opened: &Opened<'_>) -> bool {
        opened.verdict == Verdict::Good(opened.claim) && reader(&opened.claim).is_some()
    }

    /// POST: a person pressed something, as far as one can tell.
    pub(super) async fn post(&self, opened: &Opened<'_>, form: &Filled) -> Response {
        if form.fell_into_trap() {
            self.mark(opened);
        }
        if !self.settings.keyring.check_nonce(form.nonce(), opened.token, opened.now_min) {
            return self.again(opened, form, Some(Notice::Stale)).await;
        }
        let is_batch = opened.claim.scope == Scope::Batch;
        let view = match if is_batch { self.look(opened.claim).await } else { Answer::Busy } {
            Answer::Page(view) => Some(view),
            answer @ (Answer::Expired { .. } | Answer::Mailed { .. } | Answer::Busy) if is_batch => {
                return self.show(opened, answer, &Kept::default(), None, false);
            }
            Answer::Expired { .. } | Answer::Mailed { .. } | Answer::Busy => None,
        };
        let action = match press::wanted(&opened.claim, view.as_deref(), form) {
            Ok(action) => action,
            Err(notice) => return self.again(opened, form, notice).await,
        };
        // From an expired link nothing but a fresh one may follow.
        if opened.verdict != Verdict::Good(opened.claim) && action != Action::FreshLink {
            return self.over(opened, None).await;
        }
        let visit = self.visit(opened, form, &action);
        if visit.automated && !press::carries_visit(&action) {
            return self.again(opened, form, Some(Notice::Automated)).await;
        }
        let mut notes = form.notes();
        // A form can name anybody; the link is about this batch.
        notes.retain(|(id, _)| {
            let mut on_page = view.iter().flat_map(|view| &view.candidates);
            on_page.any(|one| one.submission == *id)
        });
        self.act(opened, action, visit, notes).await
    }

    /// Hands a press to the daemon and shows what came of it.
    async fn act(&self, opened: &Opened<'_>, action: Action, visit: Visit, notes: Vec<(SubmissionId, String)>) -> Response {
        let (automated, deputy) = (visit.automated, visit.someone_else.clone());
        let answer = self.press(opened, action.clone(), visit, notes).await;
        if action == Action::FreshLink && answer != Answer::Busy {
            return self.show(opened, answer, &Kept::default(), None, true);
        }
        let notice = match &answer {
            Answer::Page(view) => press::told(&action, view, automated, deputy.is_some()),
            Answer::Expired { .. } | Answer::Mailed { .. } | Answer::Busy => None,
        };
        if answer == Answer::Busy {
            // What cannot be written can often still be read, and the page knows an address that takes the answer.
            let mail = match self.look(opened.claim).await {
                Answer::Page(view) => Some(view.mail_instead),
                Answer::Expired { .. } | Answer::Mailed { .. } | Answer::Busy => None,
            };
            return self.busy(mail);
        }
        let kept = Kept {
            someone_else: deputy.unwrap_or_default(),
            ..Kept::default()
        };
        self.show(opened, answer, &kept, notice, true)
    }

    fn visit(&self, opened: &Opened<'_>, form: &Filled, action: &Action) -> Visit {
        Visit {
            visitor: opened.visitor,
            automated: self.is_marked(opened),
            whole_batch: opened.claim.scope == Scope::Batch && matches!(action, Action::Decide(_)),
            someone_else: form.someone_else(),
            remark: form.remark(),
        }
    }

    pub(super) fn is_marked(&self, opened: &Opened<'_>) -> bool {
        self.traps.is_set(&(opened.id.clone(), opened.visitor), opened.now_min)
    }

    pub(super) fn mark(&self, opened: &Opened<'_>) {
        if self.traps.set((opened.id.clone(), opened.visitor), opened.now_min) {
            tracing::info!(link.id = %opened.id, "an automatic visitor: its presses have no effect for ten minutes");
        }
    }

    /// The page once more, with what was filled in.
    async fn again(&self, opened: &Opened<'_>, form: &Filled, notice: Option<Notice>) -> Response {
        if opened.verdict != Verdict::Good(opened.claim) {
            return self.over(opened, notice).await;
        }
        let answer = self.look(opened.claim).await;
        self.show(opened, answer, &form.kept(), notice, false)
    }

    fn show(&self, opened: &Opened<'_>, answer: Answer, kept: &Kept, notice: Option<Notice>, pressed: bool) -> Response {
        let view: Box<View> = match answer {
            Answer::Page(view) => view,
            Answer::Expired { client } => return self.expired(opened, client.as_deref(), notice),
            Answer::Mailed { to, client } => {
                let look = self.look_for(Some(&client));
                let values = context! { address => to };
                return self.settings.pages.answer(StatusCode::OK, "fresh.html", look, values);
            }
            Answer::Busy => return self.busy(None),
        };
        let nonce = self.settings.keyring.nonce(opened.token, opened.now_min);
        let shown = Shown {
            claim: &opened.claim,
            token: opened.token,
            picked: opened.picked,
            nonce: &nonce,
            view: &view,
            kept,
            notice,
            pressed,
            sign: &|scope, item| {
                let claim = Claim {
                    scope,
                    item,
                    ..opened.claim
                };
                format!("../{}/{}", prefix(scope), self.settings.keyring.token(&claim))
            },
        };
        match shown.page() {
            Some((name, values)) => self
                .settings
                .pages
                .answer(StatusCode::OK, name, self.look_for(Some(&view.client)), values),
            None => self.expired(opened, Some(&view.client), notice),
        }
    }

    /// The page of a link whose time is over. What it names may well be there, and says whose pages these are.
    async fn over(&self, opened: &Opened<'_>, notice: Option<Notice>) -> Response {
        let client = match self.look(opened.claim).await {
            Answer::Page(view) => Some(view.client),
            Answer::Expired { client } => client,
            Answer::Mailed { .. } | Answer::Busy => None,
        };
        self.expired(opened, client.as_deref(), notice)
    }

    pub(super) fn expired(&self, opened: &Opened<'_>, client: Option<&str>, notice: Option<Notice>) -> Response {
        let nonce = self.settings.keyring.nonce(opened.token, opened.now_min);
        let values = expired(&opened.claim, opened.token, opened.picked, &nonce, notice);
        self.settings
            .pages
            .answer(StatusCode::GONE, "expired.html", self.look_for(client), values)
    }

    pub(super) fn busy(&self, mail: Option<String>) -> Response {
        let fallback = self.settings.mailbox.as_ref().map(|address| format!("mailto:{address}"));
        let mail = mail.filter(|mail| mail_instead(mail).is_some()).or(fallback);
        let mut answer = self.page(StatusCode::SERVICE_UNAVAILABLE, "busy.html", context! { mail_instead => mail });
        answer.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("120"));
        answer
    }

    /// Reads a form within the limits of size and time.
    pub(super) async fn form(&self, headers: &HeaderMap, body: Body) -> Result<Filled, StatusCode> {
        let limits = &self.settings.limits;
        let announced = headers
            .get(header::CONTENT_LENGTH)
            .and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
        if announced.is_some_and(|length| length > limits.form_bytes) {
            return Err(StatusCode::PAYLOAD_TOO_LARGE);
        }
        let bytes = timeout(limits.total, axum::body::to_bytes(body, limits.form_bytes)).await;
        let bytes = bytes
            .map_err(|_| StatusCode::REQUEST_TIMEOUT)?
            .map_err(|_| StatusCode::PAYLOAD_TOO_LARGE)?;
        Ok(Filled::read(headers.get(header::CONTENT_TYPE), bytes).await)
    }
}

/// The path of a public address, without a slash at its end.
pub(super) fn path_of(public_url: &str) -> String {
    let rest = public_url.split_once("://").map_or("", |(_, rest)| rest);
    let path = rest.find('/').and_then(|at| rest.get(at..)).unwrap_or("");
    path.trim_end_matches('/').to_owned()
}

fn name(action: &Action) -> &'static str {
    match action {
        Action::Decide(_) => "decide",
        Action::Undo(_) => "undo",
        Action::Reasons(..) => "reasons",
        Action::Confirm(_) => "confirm",
        Action::Interview(_) => "interview",
        Action::GoOn(..) => "go_on",
        Action::FreshLink => "fresh_link",
        Action::View => "view",
    }
}
