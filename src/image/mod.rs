//! Images: what the project builds, what their commands need, what they hold.
//!
//! [`collect`] reads the Dockerfile of each service that builds (`build`, `dockerfile`,
//! `dockerignore`), follows its stages (`stage`, `expand`), finds out what the service starts
//! (`words`, `command`, `program`, `npm`, `shell`) and asks the build context by path whether the
//! image holds that (`answer`, `holds`, `carry`, `effects`, `install`). Rules read the answer
//! and no disk. Wherever a step cannot be followed the answer is "unknown": a false alarm
//! costs more than silence.

mod answer;
mod base;
mod build;
mod build_fault;
mod build_step;
mod built;
mod carry;
mod chain;
mod collect;
mod command;
mod compound;
mod context;
mod copy_line;
mod cpu_build;
mod cuda;
mod cuda_tag;
mod dockerfile;
mod dockerignore;
mod driver;
mod effects;
mod expand;
mod from;
mod gap;
mod harmless;
mod hidden;
mod holds;
mod install;
mod instruction;
mod interpreter;
mod launcher;
mod listed;
mod locate;
mod manifest;
mod mode;
mod module_place;
mod node;
mod npm;
mod overlay;
mod pattern;
mod pip;
mod place;
mod practice;
mod program;
mod program_name;
mod project;
mod published;
mod python;
mod question;
mod recipe;
mod reference;
mod requirement;
mod script;
mod scripts;
mod shell;
mod shell_nest;
mod shell_text;
mod stage;
mod stage_fault;
mod starts;
mod tag_slip;
mod vendor;
mod words;
mod wrapper;

pub use built::{
    Absence, BuildFault, BuiltImage, BuiltImages, CopyLine, Gap, Held, Hiding, NoInterpreter, Program, Start,
};
pub use collect::collect;
pub use cuda::{
    ARCHITECTURES, Architecture, CudaRelease, CudaVersion, DriverVersion, MINOR_COMPATIBILITY, RELEASES,
    architecture_of, capability_of, driver_of, is_data_centre, oldest_driver,
};
pub use cuda_tag::{Certainty, TagFault, tag_fault};
pub use dockerfile::{Dockerfile, parse as parse_dockerfile};
pub use dockerignore::Dockerignore;
pub use driver::is_driver_file;
pub use instruction::{CommandLine, Flag, Instruction, Kind, RunText, Stage, Text, Transfer, TransferSource};
pub use practice::{Practice, PracticeKind};
pub use published::{Variant, published_cuda};
pub use recipe::{BaseImage, Recipe};
pub use reference::{Reference, fault as reference_fault};
pub use vendor::OtherBuild;
