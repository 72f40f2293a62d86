//! The `replyd` program: reads its arguments and calls [`replyd::cli`].

fn main() -> std::process::ExitCode {
    replyd::cli::main()
}
