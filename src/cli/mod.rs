//! The front office: one file for each subcommand.
//!
//! In: arguments. Out: data on stdout, logs and hints on stderr, an exit code of sysexits(3).
//! Never here: what a decision means.
#![allow(clippy::print_stdout, clippy::print_stderr)]

mod arrange;
mod backup;
mod bench;
mod check;
mod decide;
#[cfg(feature = "demo")]
mod demo;
mod drafts;
mod explain;
mod failure;
mod go_on;
mod hub;
mod keys;
mod lab;
mod list;
mod login;
mod office;
mod outbox;
mod person;
mod quarantine;
mod report;
mod restore;
mod retention;
mod run;
mod scratch;
mod show;
mod simulate;
mod steer;
mod submit;
mod webhooks;

use std::io::{IsTerminal, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

pub(crate) use failure::Failure;
use office::Office;

/// An email-first daemon for recruiting agencies: candidates go out, answers come back, the decision stands.
#[derive(Debug, Parser)]
#[command(
    version,
    about,
    arg_required_else_help = true,
    after_help = "Try it without a mail account:  replyd demo\nStart with:  config.toml (it documents itself), then  replyd submit batch.toml  and  replyd run"
)]
struct Arguments {
    /// The configuration [default: config.toml here, else /etc/replyd/config.toml].
    #[arg(long, global = true, value_name = "FILE", env = "REPLYD_CONFIG")]
    config: Option<PathBuf>,
    /// Logs as JSON lines.
    #[arg(long, global = true)]
    log_json: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Run(run::Run),
    Check(check::Check),
    Submit(submit::Submit),
    List(list::List),
    Show(show::Show),
    Report(report::Report),
    Login(login::Login),
    Take(steer::Take),
    Release(steer::Release),
    Note(steer::Note),
    GoOn(go_on::GoOn),
    Decide(decide::Decide),
    Book(arrange::Book),
    Rearrange(arrange::Rearrange),
    Cancel(arrange::Cancel),
    Withdraw(arrange::Withdraw),
    Resend(arrange::Resend),
    Address(arrange::Readdress),
    Pause(arrange::Pause),
    StopChase(arrange::StopChase),
    Drafts(drafts::Drafts),
    Outbox(outbox::Outbox),
    Quarantine(quarantine::Quarantine),
    Webhooks(webhooks::Webhooks),
    Person(person::Person),
    Retention(retention::Retention),
    Hub(hub::Hub),
    Keys(keys::Keys),
    Backup(backup::Backup),
    Restore(restore::Restore),
    Explain(explain::Explain),
    Lab(lab::Lab),
    Simulate(simulate::Simulate),
    #[cfg(feature = "demo")]
    Demo(demo::Demo),
}

/// Runs the program.
#[must_use]
pub fn main() -> ExitCode {
    let arguments = Arguments::parse();
    log_to_stderr(arguments.log_json, &arguments.command);
    let config = arguments.config.unwrap_or_else(usual_config);
    let done = match arguments.command {
        Command::Run(run) => run.run(&config),
        Command::Check(check) => check.run(&config),
        Command::Submit(submit) => submit.run(&config),
        Command::List(list) => list.run(&config),
        Command::Show(show) => show.run(&config),
        Command::Report(report) => report.run(&config),
        Command::Login(login) => login.run(&config),
        Command::Take(take) => take.run(&config),
        Command::Release(release) => release.run(&config),
        Command::Note(note) => note.run(&config),
        Command::GoOn(go_on) => go_on.run(&config),
        Command::Decide(decide) => decide.run(&config),
        Command::Book(book) => book.run(&config),
        Command::Rearrange(rearrange) => rearrange.run(&config),
        Command::Cancel(cancel) => cancel.run(&config),
        Command::Withdraw(withdraw) => withdraw.run(&config),
        Command::Resend(resend) => resend.run(&config),
        Command::Address(address) => address.run(&config),
        Command::Pause(pause) => pause.run(&config),
        Command::StopChase(stop) => stop.run(&config),
        Command::Drafts(drafts) => drafts.run(&config),
        Command::Outbox(outbox) => outbox.run(&config),
        Command::Quarantine(quarantine) => quarantine.run(&config),
        Command::Webhooks(webhooks) => webhooks.run(&config),
        Command::Person(person) => person.run(&config),
        Command::Retention(retention) => retention.run(&config),
        Command::Hub(hub) => hub.run(&config),
        Command::Keys(keys) => keys.run(&config),
        Command::Backup(backup) => backup.run(&config),
        Command::Restore(restore) => restore.run(&config),
        Command::Explain(explain) => explain.run(&config),
        Command::Lab(lab) => lab.run(&config),
        Command::Simulate(simulate) => simulate.run(),
        #[cfg(feature = "demo")]
        Command::Demo(demo) => demo.run(),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        // A closed pipe (`replyd list | head`) is a reader that has seen enough.
        Err(Failure::Output(error)) if error.kind() == std::io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("replyd: {failure}");
            if let Some(hint) = failure.hint() {
                eprintln!("hint: {hint}");
            }
            ExitCode::from(failure.code())
        }
    }
}

/// Where the configuration lies when nobody says: here, else where a package puts it.
fn usual_config() -> PathBuf {
    let (here, installed) = (PathBuf::from("config.toml"), PathBuf::from("/etc/replyd/config.toml"));
    if !here.exists() && installed.exists() { installed } else { here }
}

fn log_to_stderr(json: bool, command: &Command) {
    let quiet = !matches!(command, Command::Run(_));
    let asked = std::env::var("REPLYD_LOG").unwrap_or_else(|_| if quiet { "warn" } else { "info" }.to_owned());
    let filter = tracing_subscriber::EnvFilter::try_new(&asked).unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info"));
    // async-imap logs whole commands, the password among them.
    let filter = "async_imap=off"
        .parse()
        .map_or_else(|_| tracing_subscriber::EnvFilter::new("info"), |off| filter.add_directive(off));
    let logs = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal());
    if json { logs.json().init() } else { logs.with_target(false).init() }
}

/// Prints a value as one JSON document.
fn print_json(value: &impl serde::Serialize) -> Result<(), Failure> {
    let text = serde_json::to_string_pretty(value).map_err(|error| Failure::Output(error.into()))?;
    print_line(&text)
}

/// Prints a list: as one JSON document, or a line for each; a hint when there is nothing in it.
fn print_list<T: serde::Serialize>(lines: &[T], json: bool, shown: impl Fn(&T) -> String, nothing: &str) -> Result<(), Failure> {
    if json {
        return print_json(&lines);
    }
    if lines.is_empty() {
        eprintln!("hint: {nothing}");
    }
    lines.iter().try_for_each(|line| print_line(&shown(line)))
}

/// Does it to each; one that refuses does not keep the others waiting. The last refusal is what the command ends with.
fn each(ids: &[i64], one: impl Fn(i64) -> Result<(), Failure>) -> Result<(), Failure> {
    let mut failed: Option<Failure> = None;
    for id in ids {
        if let Err(failure) = one(*id)
            && let Some(earlier) = failed.replace(failure)
        {
            eprintln!("replyd: {earlier}");
        }
    }
    failed.map_or(Ok(()), Err)
}

/// How many lines of a list.
fn how_many(text: &str) -> Result<u32, String> {
    match text.parse() {
        Ok(0) | Err(_) => Err("write a whole number from 1 on, such as 20".to_owned()),
        Ok(number) => Ok(number),
    }
}

fn print_line(text: &str) -> Result<(), Failure> {
    writeln!(std::io::stdout().lock(), "{text}").map_err(Failure::Output)
}

/// Writes bytes as they are to a file, or to stdout for `-`.
fn write_out(file: &std::path::Path, bytes: &[u8]) -> Result<(), Failure> {
    if file == std::path::Path::new("-") {
        return std::io::stdout().lock().write_all(bytes).map_err(Failure::Output);
    }
    std::fs::write(file, bytes).map_err(|error| Failure::at(file, &error))
}

/// The name under which a command acts: whoever is logged in.
fn who() -> String {
    std::env::var("USER")
        .ok()
        .filter(|name| !name.is_empty())
        .unwrap_or_else(|| "the command line".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    /// Every command shows how it is called, and a line of that survives a terminal of 80 columns: wrapped, it would break when it is pasted.
    #[test]
    fn examples_can_be_pasted() {
        let mut lines = 0;
        let mut waiting = vec![Arguments::command()];
        while let Some(command) = waiting.pop() {
            let shown = command.get_after_help().map(ToString::to_string).unwrap_or_default();
            let name = command.get_name().to_owned();
            assert!(name == "replyd" || shown.contains("Example"), "{name} shows no example");
            for line in shown.lines().filter(|line| line.starts_with("  ")) {
                assert!(line.chars().count() <= 79, "{name}: {line}");
                lines += 1;
            }
            waiting.extend(command.get_subcommands().cloned());
        }
        assert!(lines > 40, "{lines}");
    }

    #[test]
    fn a_list_of_nothing_is_refused_with_the_fix() {
        for command in [
            &["list"][..],
            &["outbox"],
            &["outbox", "list"],
            &["quarantine"],
            &["quarantine", "list"],
        ] {
            let error = Arguments::try_parse_from([&["replyd"], command, &["--limit", "0"]].concat()).unwrap_err();
            assert!(error.to_string().contains("from 1 on"), "{command:?}: {error}");
        }
    }
}
