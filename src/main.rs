//! The `enact` program.

fn main() -> std::process::ExitCode {
    enact::cli::run()
}
