//! A daemon with batches in which people have said something already, and letters full of links.

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt;
use std::sync::Arc;

use replyd::calendar::Spans;
use replyd::compose::Ink;
use replyd::config::{Config, read_batch};
use replyd::conversation::{Ask, Asking, Command, Conversation, Interview, InterviewStatus, Party, Status, Submission};
use replyd::daemon::{Bell, Clock, Daemon, steer, submit};
use replyd::link::{Claim, Scope};
use replyd::model::{ConversationId, Decision, Slot, SubmissionId, Timestamp};
use replyd::store::Store;
use tokio::net::TcpListener;
use tokio::sync::watch;

use super::web::{Page, Web, press};

/// Batches of one house; each is visited several times.
const BATCHES: usize = 10;

pub(super) struct House {
    pub(super) batches: Vec<Batch>,
    pub(super) port: u16,
    store: Arc<Store>,
    clock: Clock,
    bell: Bell,
    stop: watch::Sender<bool>,
    running: tokio::task::JoinHandle<()>,
    _dir: tempfile::TempDir,
}

/// A batch: Ana was answered by a colleague and waits for the contact, Ben is wanted and can still be undone, Carl was passed on and
/// the contact is asked why. Interviews are being arranged with the others: the contact has times of Dora's to choose from, Emil is asked
/// for times, Faye's is agreed, and the contact is asked whether Gus's took place.
pub(super) struct Batch {
    pub(super) id: ConversationId,
    /// The links of each letter to the contact, and of those to both sides about interviews, as paths.
    pub(super) letters: Vec<Vec<String>>,
}

/// What must not change.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Said {
    decisions: Vec<(SubmissionId, Option<Decision>, Option<Decision>, usize)>,
    parked: usize,
    unheard: usize,
    interviews: Vec<Arranged>,
    letters: BTreeMap<String, usize>,
}

/// What must not change about an interview.
#[derive(Debug, Clone, PartialEq)]
struct Arranged {
    status: InterviewStatus,
    booked: Option<Slot>,
    asked: [Option<Ask>; 2],
    can: [Option<Spans>; 2],
    rounds: u8,
}

impl House {
    pub(super) async fn open() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let write = |name: &str, text: &str| {
            let path = dir.path().join(name);
            std::fs::write(&path, text).unwrap();
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
            path
        };
        write("password", "secret\n");
        let config = write(
            "config.toml",
            &format!(
                r#"[agency]
name = "Harbour Talent"
address = "bot@agency.example"
zone = "Europe/London"
[imap]
host = "127.0.0.1"
port = {nobody}
tls = "none"
user = "bot"
password_file = "password"
[smtp]
host = "127.0.0.1"
port = {nobody}
tls = "none"
[inbound]
authentication = "trust-mailbox"
[http]
listen = "127.0.0.1:{port}"
public_url = "http://127.0.0.1:{port}"
"#
            ),
        );
        let config = Config::load(&config).unwrap();
        let (ink, zone, policy) = (Arc::new(config.ink.clone()), config.zone, config.policy.clone());
        let clock = Clock::set_to("2026-11-24T10:00:00Z".parse::<Timestamp>().unwrap());
        let daemon = Daemon::new(config, clock.clone()).unwrap();
        let (store, bell) = (daemon.store(), daemon.bell());
        let (stop, stopped) = watch::channel(false);
        let running = tokio::spawn(async move { daemon.run(Some(listener), stopped).await.unwrap() });
        let mut house = Self {
            batches: Vec::new(),
            port,
            store,
            clock,
            bell,
            stop,
            running,
            _dir: dir,
        };
        for number in 0..BATCHES {
            let path = house._dir.path().join("batch.toml");
            std::fs::write(&path, batch(number)).unwrap();
            let new = read_batch(&path, zone, &policy).unwrap();
            let id = submit(&house.store, &ink, new, house.clock.now()).await.unwrap();
            house.people_answer(id, &ink).await;
        }
        // Receipts and questions are composed.
        house.push(30).await;
        for at in 0..house.batches.len() {
            let mut letters = house.links(house.batches[at].id);
            assert!(letters.len() >= 4, "{letters:?}");
            letters.extend(house.arrange(house.batches[at].id, &ink).await);
            house.batches[at].letters = letters;
        }
        house
    }

    async fn people_answer(&mut self, id: ConversationId, ink: &Arc<Ink>) {
        let conversation = self.conversation(id);
        let who = |n: usize| conversation.submissions[n].id;
        let pass = Command::Decide {
            submission: who(2),
            decision: Decision::Pass,
            reasons: vec![],
        };
        steer(&self.store, ink, id, "rita".into(), pass, self.clock.now()).await.unwrap();
        let letters = self.links(id);
        let mut web = Web::to(self.port, &format!("203.0.113.{}", 1 + id.0));
        // In the order of the letter: three links for each candidate.
        let path = &letters[0][3];
        let answer = press(&mut web, path, &[("do", "interested")]).await;
        assert!(answer.body.contains("Recorded"), "{}", answer.body);
        let path = &letters[0][0];
        let answer = press(&mut web, path, &[("do", "interested"), ("someone_else", "Bo Lindqvist")]).await;
        assert!(answer.body.contains("not counted yet"), "{}", answer.body);
        self.batches.push(Batch { id, letters });
    }

    /// Interviews in four states; gives the links of the letters about them.
    async fn arrange(&self, id: ConversationId, ink: &Ink) -> Vec<Vec<String>> {
        let slot = |start: &str| {
            let start: Timestamp = start.parse().unwrap();
            Slot {
                start,
                end: start + chrono::Duration::minutes(45),
            }
        };
        let asks = |what| Some(Asking { what, letters: 1 });
        let later = ["2026-11-26T10:00:00Z", "2026-11-26T15:00:00Z", "2026-11-27T11:00:00Z"].map(slot);
        let (mut dora, mut emil, mut faye, mut gus) = (Interview::new(), Interview::new(), Interview::new(), Interview::new());
        dora.slots = later.to_vec();
        dora.client.asked = asks(Ask::Choice);
        emil.candidate.asked = asks(Ask::Times);
        // His answer could be read in two ways, and the letter has a link for each.
        let day = |slot: &Slot| Spans::of(vec![(slot.start, slot.end)]);
        emil.readings = later.iter().take(2).map(day).collect();
        emil.candidate.meant = vec![0, 1];
        for one in [&mut faye, &mut gus] {
            one.status = InterviewStatus::Scheduled;
        }
        faye.slots = later.to_vec();
        faye.booked = Some(slot("2026-12-02T10:00:00Z"));
        gus.booked = Some(slot("2026-11-23T10:00:00Z"));
        for one in [&mut faye, &mut gus] {
            one.client.invited = one.booked;
            one.candidate.invited = one.booked;
        }
        gus.client.asked = asks(Ask::Outcome);
        let interviews = [dora, emil, faye, gus];
        let put = move |tx: &replyd::store::Tx<'_>| {
            let before = tx.conversation(id)?.unwrap();
            let mut after = before.clone();
            for (submission, interview) in after.submissions.iter_mut().skip(3).zip(interviews) {
                submission.status = Status::Interested;
                submission.settled = Some(Decision::Interested);
                submission.interview = Some(interview);
            }
            tx.save_after(&before, &after)
        };
        self.store.write(put).await.unwrap();
        let conversation = self.conversation(id);
        let link = |nth: usize, of_candidate: bool, scope: Scope| {
            let item = conversation.submissions[nth].id.0;
            let claim = Claim {
                item,
                addressed_to: if of_candidate { -item } else { 0 },
                scope,
                expires_min: Claim::minute(self.clock.now() + chrono::Duration::days(30)),
                generation: conversation.generation,
            };
            let url = ink.links.to(&ink.keyring, &claim);
            url.strip_prefix(&format!("http://127.0.0.1:{}", self.port)).unwrap().to_owned()
        };
        let offer = |nth| -> Vec<String> {
            let picks = (0..3).map(|place| link(nth, false, Scope::Pick(place)));
            picks.chain([link(nth, false, Scope::Interview)]).collect()
        };
        vec![
            offer(3),
            [Scope::Meant(0), Scope::Meant(1), Scope::Interview]
                .map(|scope| link(4, true, scope))
                .to_vec(),
            offer(5),
            vec![link(5, true, Scope::Interview)],
            vec![link(6, false, Scope::Interview)],
        ]
    }

    pub(super) fn conversation(&self, id: ConversationId) -> Conversation {
        self.store.read(|tx| tx.conversation(id)).unwrap().unwrap()
    }

    /// The links of each letter to the client.
    fn links(&self, id: ConversationId) -> Vec<Vec<String>> {
        let bytes = self.store.read(|tx| {
            let letters = tx.letters_of(id)?;
            let to_client = letters.iter().filter(|one| one.to == Party::Client);
            to_client.map(|one| tx.letter_bytes(one.id)).collect::<Result<Vec<_>, _>>()
        });
        let href = regex::Regex::new(r#"href="http://127\.0\.0\.1:\d+(/[^"]+)""#).unwrap();
        let mut letters = Vec::new();
        for bytes in bytes.unwrap() {
            let message = mail_parser::MessageParser::default().parse(&bytes).unwrap();
            let html = message.body_html(0).unwrap();
            letters.push(href.captures_iter(&html).map(|hit| hit[1].to_owned()).collect());
        }
        letters
    }

    pub(super) fn said(&self, id: ConversationId) -> Said {
        let conversation = self.conversation(id);
        let mut letters = BTreeMap::new();
        for one in self.store.read(|tx| tx.letters_of(id)).unwrap() {
            // A copy is what its letter is.
            let may = matches!(one.kind.as_str(), "receipt" | "confirm_sender" | "confirm_deputy" | "copy")
                || one.to == Party::Client && one.kind == "fresh_link";
            if !may {
                *letters.entry(format!("{:?} {}", one.to, one.kind)).or_default() += 1;
            }
        }
        Said {
            decisions: conversation
                .submissions
                .iter()
                .map(|one| {
                    (
                        one.id,
                        one.resting.as_ref().map(|resting| resting.decision),
                        one.settled,
                        one.reasons.len(),
                    )
                })
                .collect(),
            parked: conversation.parked.len(),
            unheard: conversation.unheard.len(),
            interviews: conversation.submissions.iter().skip(3).filter_map(arranged).collect(),
            letters,
        }
    }

    pub(super) fn all_said(&self) -> Vec<Said> {
        self.batches.iter().map(|batch| self.said(batch.id)).collect()
    }

    /// Time all but stands still: what takes long here takes no time there, and what people decided goes on resting.
    pub(super) fn stand_still(&self) {
        self.clock.run_at(0.001);
    }

    /// Lets seconds pass, and everything that falls due in them.
    pub(super) async fn push(&self, seconds: i64) {
        self.clock.push(chrono::Duration::seconds(seconds));
        let now = self.clock.now();
        self.bell.ring();
        for _ in 0..2_000 {
            if self.store.read(|tx| tx.due_deadlines(now, 1)).unwrap().is_empty() {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        panic!("deadlines do not pass");
    }

    /// After the scan: at once, with the receipts, and when the people's own decisions have taken effect.
    pub(super) async fn nothing_followed(&self, before: &[Said], what: &str) {
        let seen = |said: &Said| Said {
            unheard: 0,
            ..said.clone()
        };
        for (now, before) in self.all_said().iter().zip(before) {
            assert_eq!(seen(now), seen(before), "{what}: at once");
        }
        self.push(30).await;
        assert_eq!(self.all_said(), before, "{what}: with the receipts");
        self.push(2 * 3600).await;
        for (now, before) in self.all_said().iter().zip(before) {
            let mut expected = before.clone();
            // Ben was wanted by the person.
            expected.decisions[1].2 = expected.decisions[1].1.take();
            // An interview is arranged with him then, which the recruiter hears of.
            let mut now = now.clone();
            let notices = |said: &Said| said.letters.get("Recruiter(0) notice").copied().unwrap_or_default();
            assert!(notices(&now) <= notices(before) + 2, "{what}: two hours later: {now:?}");
            let ben = format!("{:?} ", Party::Candidate(expected.decisions[1].0));
            for said in [&mut now, &mut expected] {
                said.letters
                    .retain(|letter, _| letter != "Recruiter(0) notice" && !letter.starts_with(&ben));
            }
            assert_eq!(now, expected, "{what}: two hours later");
        }
    }

    pub(super) async fn close(self) {
        self.stop.send_replace(true);
        self.running.await.unwrap();
    }
}

fn arranged(submission: &Submission) -> Option<Arranged> {
    let interview = submission.interview.as_ref()?;
    let sides = [&interview.client, &interview.candidate];
    Some(Arranged {
        status: match interview.status {
            // That the time holds was known: it says so when nobody says otherwise.
            InterviewStatus::Confirmed => InterviewStatus::Scheduled,
            InterviewStatus::Proposed
            | InterviewStatus::Scheduled
            | InterviewStatus::Rescheduled
            | InterviewStatus::Cancelled
            | InterviewStatus::Completed
            | InterviewStatus::NoShow => interview.status,
        },
        booked: interview.booked,
        asked: sides.map(|side| side.asked.map(|asked| asked.what)),
        can: sides.map(|side| side.can.clone()),
        rounds: interview.rounds,
    })
}

/// The page a person sees.
pub(super) async fn open(web: &mut Web, path: &str) -> Page {
    let page = web.ask("GET", path, &[], "").await;
    assert_eq!(page.status, 200, "{path}");
    page
}

fn batch(number: usize) -> String {
    let candidate = |name: &str| {
        let mail = name.split(' ').next().unwrap().to_lowercase();
        format!(
            "[[candidates]]\nname = \"{name}\"\nemail = \"{mail}@mail.example\"\nzone = \"Europe/London\"\nsummary = \"Ten years of Java.\"\n"
        )
    };
    format!(
        "[client]\nname = \"Northwind\"\n[client.contact]\nname = \"Ann Lee\"\nemail = \"ann{number}@northwind.example\"\nzone = \"Europe/London\"\n\
         [project]\ntitle = \"Senior Java developer\"\n[[recruiters]]\nname = \"Rita\"\nemail = \"rita@agency.example\"\n{}{}{}",
        candidate("Ana Souza"),
        candidate("Ben Okafor"),
        ["Carl Weber", "Dora Ek", "Emil Roth", "Faye Chan", "Gus Hall"]
            .map(candidate)
            .concat()
    )
}
