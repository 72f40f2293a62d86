//! `replyd webhooks`.

use std::path::Path;
use std::time::Instant;

use clap::{Args, Subcommand};
use serde::Serialize;
use serde_json::{Value, json};

use super::{Failure, Office, each, how_many, print_json, print_line, print_list};
use crate::store::{DeliveryLine, EndpointLine, StoreError, holder};
use crate::webhook::Outcome;

/// Dead letters sent again by one command.
const MOST: u32 = 100_000;

/// Events on their way to other systems.
#[derive(Debug, Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "Examples:\n  replyd webhooks                            # what has not arrived\n  replyd webhooks endpoints\n  replyd webhooks list --state dead\n  replyd webhooks show 12 --body\n  replyd webhooks replay 12\n  replyd webhooks replay --all --to ats\n  replyd webhooks test ats"
)]
pub(super) struct Webhooks {
    #[command(subcommand)]
    action: Option<Action>,
    #[command(flatten)]
    list: List,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Deliveries, newest first: what has not arrived.
    #[command(after_help = "Examples:\n  replyd webhooks list --state dead --json\n  replyd webhooks list --state delivered --to ats")]
    List(List),
    /// The webhooks of config.toml, and how they do.
    #[command(after_help = "Example:\n  replyd webhooks endpoints --json")]
    Endpoints {
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// One delivery: where it stands, what was answered, what is sent.
    #[command(after_help = "Examples:\n  replyd webhooks show 12\n  replyd webhooks show 12 --body")]
    Show(Show),
    /// Send dead letters again, or what arrived already: the same bytes under the same id.
    #[command(
        after_help = "Examples:\n  replyd webhooks replay 12 13\n  replyd webhooks replay --all\n  replyd webhooks replay --all --to ats"
    )]
    Replay(Replay),
    /// Dead letters that nobody needs any more.
    #[command(after_help = "Example:\n  replyd webhooks drop 12 13")]
    Drop {
        /// The deliveries' numbers.
        #[arg(required = true)]
        ids: Vec<i64>,
    },
    /// A webhook that answered 410 is ready again.
    #[command(after_help = "Example:\n  replyd webhooks enable ats")]
    Enable {
        /// Its name.
        name: String,
    },
    /// Send a signed test event now, and tell what is answered. Nothing is kept of it.
    #[command(after_help = "Examples:\n  replyd webhooks test          # all of them\n  replyd webhooks test ats --json")]
    Test(Test),
}

#[derive(Debug, Args)]
struct List {
    /// Only deliveries in this state.
    #[arg(long, value_parser = ["waiting", "behind", "delivered", "dead", "dropped"])]
    state: Option<String>,
    /// Only to this webhook.
    #[arg(long, value_name = "NAME")]
    to: Option<String>,
    /// As JSON.
    #[arg(long)]
    json: bool,
    /// How many, newest first.
    #[arg(long, default_value_t = 100, value_parser = how_many)]
    limit: u32,
}

#[derive(Debug, Args)]
struct Show {
    /// The delivery's number.
    id: i64,
    /// Print the body alone, as it is sent.
    #[arg(long, conflicts_with = "json")]
    body: bool,
    /// As JSON, with the event.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
struct Replay {
    /// The deliveries' numbers.
    #[arg(required_unless_present = "all")]
    ids: Vec<i64>,
    /// Every dead letter.
    #[arg(long, conflicts_with = "ids")]
    all: bool,
    /// With --all: only those to this webhook.
    #[arg(long, value_name = "NAME", requires = "all")]
    to: Option<String>,
}

#[derive(Debug, Args)]
struct Test {
    /// Its name; all of them when none is given.
    name: Option<String>,
    /// As JSON.
    #[arg(long)]
    json: bool,
}

impl Webhooks {
    pub(super) fn run(self, config: &Path) -> Result<(), Failure> {
        match self.action {
            None => self.list.run(&Office::look(config)?),
            Some(Action::List(list)) => list.run(&Office::look(config)?),
            Some(Action::Endpoints { json }) => endpoints(&Office::look(config)?, json),
            Some(Action::Show(show)) => show.run(&Office::look(config)?),
            Some(Action::Replay(replay)) => replay.run(&Office::look(config)?),
            Some(Action::Drop { ids }) => drop_them(&Office::look(config)?, &ids),
            Some(Action::Enable { name }) => enable(&Office::look(config)?, name),
            Some(Action::Test(test)) => test.run(&Office::open(config)?),
        }
    }
}

impl List {
    fn run(self, office: &Office) -> Result<(), Failure> {
        let (state, to) = (self.state.as_deref(), self.to.as_deref());
        let lines = office.store.read(|tx| tx.deliveries(state, to, self.limit))?;
        let nothing = match state {
            Some(state) => format!("no delivery is {state}"),
            None => "everything has arrived; --state delivered shows it, `replyd webhooks endpoints` where to".to_owned(),
        };
        print_list(&lines, self.json, shown, &nothing)
    }
}

fn shown(one: &DeliveryLine) -> String {
    let when = match one.state.as_str() {
        "waiting" => format!("due {}", one.due),
        "behind" => "when the one before it arrived".to_owned(),
        _ => format!("tried {}", one.tried_at),
    };
    let about = one.submission.map_or_else(|| format!("batch {}", one.batch), |id| format!("s{id}"));
    let outcome = if one.outcome.is_empty() {
        String::new()
    } else {
        format!("  {}", one.outcome)
    };
    format!(
        "{:>5}  {:<12} {:<10} {:<30} {about:<10} {:<9} {when}, tries: {}{outcome}",
        one.id, one.endpoint, one.event, one.name, one.state, one.attempts
    )
}

fn endpoints(office: &Office, json: bool) -> Result<(), Failure> {
    let lines = office.store.read(|tx| tx.endpoints())?;
    let shown = |one: &EndpointLine| {
        let events = if one.events.is_empty() { "all events" } else { one.events.as_str() };
        let why = if one.why.is_empty() {
            String::new()
        } else {
            format!("  {}", one.why)
        };
        format!(
            "{:<12} {:<8} since {}  {} waiting  {}  {events}{why}",
            one.name, one.state, one.since, one.waiting, one.url
        )
    };
    let nothing = "no webhook is known; write [[webhook]] into config.toml and start `replyd run`";
    print_list(&lines, json, shown, nothing)
}

impl Show {
    fn run(self, office: &Office) -> Result<(), Failure> {
        let (line, body) = office.store.read(|tx| tx.delivery(self.id))?;
        if self.body {
            return print_line(&body);
        }
        if self.json {
            #[derive(Serialize)]
            struct Whole {
                #[serde(flatten)]
                line: DeliveryLine,
                body: Value,
            }
            let body = serde_json::from_str(&body).unwrap_or(Value::Null);
            return print_json(&Whole { line, body });
        }
        let row = |name: &str, value: &str| match value {
            "" => Ok(()),
            value => print_line(&format!("{name:<10} {value}")),
        };
        print_line(&format!(
            "delivery {}: {} {} to {}, {}",
            line.id, line.event, line.name, line.endpoint, line.state
        ))?;
        row("said", &line.outcome)?;
        row("batch", &line.batch.to_string())?;
        row("submission", &line.submission.map(|id| format!("s{id}")).unwrap_or_default())?;
        row("written", &line.queued_at)?;
        row("tried", &line.tried_at)?;
        row("due", if line.state == "waiting" { &line.due } else { "" })?;
        row("tries", &line.attempts.to_string())?;
        eprintln!("hint: --body prints what is sent");
        Ok(())
    }
}

impl Replay {
    fn run(self, office: &Office) -> Result<(), Failure> {
        let ids = match self.all {
            true => office.store.read(|tx| tx.dead_deliveries(self.to.as_deref(), MOST))?,
            false => self.ids,
        };
        if ids.is_empty() {
            eprintln!("hint: nothing is dead");
            return Ok(());
        }
        let runs = holder(&office.config.database).is_some();
        let when = if runs {
            "is sent now"
        } else {
            "is due; no daemon works on this database: start `replyd run`"
        };
        let done = each(&ids, |id| {
            let now = office.clock.now();
            office.runtime.block_on(office.store.write(move |tx| tx.replay_delivery(id, now)))?;
            print_line(&format!("delivery {id} {when}"))
        });
        office.ring();
        done
    }
}

fn drop_them(office: &Office, ids: &[i64]) -> Result<(), Failure> {
    each(ids, |id| {
        office.runtime.block_on(office.store.write(move |tx| tx.drop_delivery(id)))?;
        print_line(&format!("delivery {id} is dropped; the feed keeps the event"))
    })
}

fn enable(office: &Office, name: String) -> Result<(), Failure> {
    let (now, known) = (office.clock.now(), name.clone());
    let enabled = office
        .runtime
        .block_on(office.store.write(move |tx| tx.enable_endpoint(&known, now)))?;
    office.ring();
    print_line(&if enabled {
        format!("{name} is on again: what waited for it is sent; what happened while it was off is in the feed")
    } else {
        format!("{name} is on already")
    })
}

impl Test {
    fn run(self, office: &Office) -> Result<(), Failure> {
        #[derive(Serialize)]
        struct Tested {
            name: String,
            ok: bool,
            says: String,
            milliseconds: u128,
        }
        let webhooks = &office.config.webhooks;
        let meant = webhooks
            .endpoints
            .iter()
            .filter(|one| self.name.as_ref().is_none_or(|name| one.name == *name));
        let meant: Vec<_> = meant.collect();
        if meant.is_empty() {
            let what = self
                .name
                .map_or_else(|| "any webhook".to_owned(), |name| format!("webhook {name:?}"));
            return Err(StoreError::NoSuch(format!("{what}; write [[webhook]] into config.toml")).into());
        }
        let now = office.clock.now();
        let id = format!("test_{}", now.timestamp_millis());
        let body = json!({ "id": id, "type": "webhook.test", "timestamp": now, "version": 1, "data": {} }).to_string();
        let mut tested = Vec::new();
        for one in meant {
            let began = Instant::now();
            let outcome = office.runtime.block_on(webhooks.client.send(one, &id, body.as_bytes(), now));
            let (ok, says) = match outcome {
                Outcome::Arrived(status) => (true, format!("answered {status}")),
                Outcome::Gone => (false, "answered 410: it wants nothing any more".to_owned()),
                Outcome::Failed { why, .. } => (false, why),
            };
            tested.push(Tested {
                name: one.name.clone(),
                ok,
                says,
                milliseconds: began.elapsed().as_millis(),
            });
        }
        let failed = tested.iter().filter(|one| !one.ok).count();
        let shown = |one: &Tested| {
            format!(
                "{}  {:<12} {} ({} ms)",
                if one.ok { "ok  " } else { "FAIL" },
                one.name,
                one.says,
                one.milliseconds
            )
        };
        print_list(&tested, self.json, shown, "")?;
        match failed {
            0 => Ok(()),
            n => Err(Failure::Unavailable(format!(
                "{n} of {} webhooks did not take the test event (a private network must be listed in [webhooks] allow_private)",
                tested.len()
            ))),
        }
    }
}
