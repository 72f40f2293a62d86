//! What the benches of the whole way need beside replyd itself. `benches/run` builds and calls it.
//!
//!   helper sink PORT COUNT            takes mail, throws it away, and prints a line with every COUNTth letter
//!   helper delay PORT TARGET MS       passes every byte on to TARGET, MS milliseconds later, at any rate
//!   helper seed CONFIG COUNT DIR      hands in COUNT batches of one candidate, and writes their answers into DIR
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, clippy::print_stdout)]

mod answers;
mod delay;
mod seed;
mod sink;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words[..] {
        ["sink", port, count] => sink::run(port.parse().unwrap(), count.parse().unwrap()),
        ["delay", port, target, ms] => delay::run(port.parse().unwrap(), target, ms.parse().unwrap()),
        ["seed", config, count, dir] => seed::run(config.as_ref(), count.parse().unwrap(), dir.as_ref()),
        _ => {
            println!("usage: see the head of benches/helper/helper.rs");
            std::process::exit(64);
        }
    }
}
