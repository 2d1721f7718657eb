//! The process: hands its arguments and streams to the command line.

use std::{
    io::{stderr, stdin, stdout},
    process::ExitCode,
};

use composegpu::cli::{Streams, run};

fn main() -> ExitCode {
    let (mut input, mut output, mut errors) = (stdin(), stdout(), stderr());
    let streams = Streams { stdin: &mut input, stdout: &mut output, stderr: &mut errors };
    ExitCode::from(run(std::env::args_os(), streams))
}
