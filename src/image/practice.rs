//! Steps of a Dockerfile that never go well with GPUs, as rules read them.

use crate::source::Span;

/// A step that never goes well with GPUs.
#[derive(Clone, Debug)]
pub struct Practice {
    /// Which.
    pub kind: PracticeKind,
    /// The word, or the instruction around it.
    pub place: Span,
    /// The package, file or program.
    pub what: String,
}

impl Practice {
    /// Whether nobody read that the package depends on the driver: `cuda` without a version.
    pub fn is_presumed(&self) -> bool {
        self.kind == PracticeKind::DriverDependency && self.what == "cuda"
    }
}

/// Steps that never go well with GPUs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PracticeKind {
    /// A package of the NVIDIA driver is installed into the image.
    DriverPackage,
    /// A package is installed that depends on the driver.
    DriverDependency,
    /// A file of the driver is copied into the image.
    DriverFile,
    /// The stub of `libcuda.so.1` is put where programs load it from.
    Stub,
    /// A folder of stubs is in the image's LD_LIBRARY_PATH.
    StubPath,
    /// CUDA code is compiled where no compiler is; the base image's bytes are with it.
    Compiles {
        /// The image without a compiler.
        base: Span,
    },
    /// A GPU is used while the image is built.
    NeedsGpu,
    /// A framework's build without CUDA is installed.
    CpuBuild {
        /// The framework's name.
        framework: &'static str,
    },
}
