//! CUDA releases: the driver that each needs, and the GPUs that each knows.
//!
//! Tables in one place, each with the document that its rows were read in. What was read in none is not
//! here, except for names that only keep a rule silent, which say so.

use std::fmt;

/// A CUDA release by its first two numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CudaVersion {
    /// First number.
    pub major: u32,
    /// Second number.
    pub minor: u32,
}

impl CudaVersion {
    /// A release by its numbers.
    pub const fn new(major: u32, minor: u32) -> Self {
        Self { major, minor }
    }

    /// Reads `12.8`, `12.8.1`; `None` where the text is anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let mut numbers = text.split('.').map(|part| part.parse().ok());
        Some(Self { major: numbers.next()??, minor: numbers.next()?? })
    }
}

impl fmt::Display for CudaVersion {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}.{}", self.major, self.minor)
    }
}

/// A version of the Linux driver.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DriverVersion(pub u32, pub u32, pub u32);

impl DriverVersion {
    /// Reads `570.86.10`, `580.95`; `None` where the text does not start with two numbers.
    pub fn parse(text: &str) -> Option<Self> {
        let mut numbers = text.trim().split('.').map(|part| part.parse().ok());
        Some(Self(numbers.next()??, numbers.next()??, numbers.next().flatten().unwrap_or(0)))
    }

    /// The newest CUDA release that the driver was made for; `None` for one older or newer than the table.
    pub fn newest_cuda(self) -> Option<CudaVersion> {
        let is_newer = RELEASES.last().is_some_and(|newest| newest.driver.0 < self.0);
        if is_newer {
            return None;
        }
        RELEASES.iter().rev().find(|release| release.driver <= self).map(|release| release.cuda)
    }
}

impl fmt::Display for DriverVersion {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self(major, 0, 0) => write!(out, "{major}"),
            Self(major, minor, 0) => write!(out, "{major}.{minor:02}"),
            Self(major, minor, patch) => write!(out, "{major}.{minor:02}.{patch:02}"),
        }
    }
}

/// A CUDA release.
#[derive(Clone, Copy, Debug)]
pub struct CudaRelease {
    /// Its first two numbers.
    pub cuda: CudaVersion,
    /// The Linux driver that came with its first version.
    pub driver: DriverVersion,
}

const fn release(major: u32, minor: u32, driver: (u32, u32, u32)) -> CudaRelease {
    CudaRelease { cuda: CudaVersion::new(major, minor), driver: DriverVersion(driver.0, driver.1, driver.2) }
}

/// All releases from 10.2 on, oldest first. There is no 12.7.
/// Source: CUDA Toolkit Release Notes 13.1 and 13.2 Update 2, table 3 (Linux x86_64); for 13.3
/// triton-inference-server/server `docs/introduction/compatibility.md` (0f963c9), release 26.06.
pub const RELEASES: &[CudaRelease] = &[
    release(10, 2, (440, 33, 0)),
    release(11, 0, (450, 51, 5)),
    release(11, 1, (455, 23, 0)),
    release(11, 2, (460, 27, 3)),
    release(11, 3, (465, 19, 1)),
    release(11, 4, (470, 42, 1)),
    release(11, 5, (495, 29, 5)),
    release(11, 6, (510, 39, 1)),
    release(11, 7, (515, 43, 4)),
    release(11, 8, (520, 61, 5)),
    release(12, 0, (525, 60, 13)),
    release(12, 1, (530, 30, 2)),
    release(12, 2, (535, 54, 3)),
    release(12, 3, (545, 23, 6)),
    release(12, 4, (550, 54, 14)),
    release(12, 5, (555, 42, 2)),
    release(12, 6, (560, 28, 3)),
    release(12, 8, (570, 26, 0)),
    release(12, 9, (575, 51, 3)),
    release(13, 0, (580, 65, 6)),
    release(13, 1, (590, 44, 1)),
    release(13, 2, (595, 45, 4)),
    release(13, 3, (610, 43, 2)),
];

/// The oldest driver on which programs of any release of a CUDA major version start: minor version
/// compatibility. Code that a newer minor version left to be compiled on the GPU's host (PTX) still
/// asks for that version's own driver.
/// Source: docs.nvidia.com, CUDA Compatibility, "Minor Version Compatibility". What it says of PTX was not
/// tried.
pub const MINOR_COMPATIBILITY: &[(u32, DriverVersion)] =
    &[(11, DriverVersion(450, 80, 2)), (12, DriverVersion(525, 60, 13)), (13, DriverVersion(580, 0, 0))];

/// The oldest driver for a CUDA major version; `None` for one that is not in the table.
pub fn oldest_driver(major: u32) -> Option<DriverVersion> {
    MINOR_COMPATIBILITY.iter().find(|(known, _)| *known == major).map(|(_, driver)| *driver)
}

/// The driver that a release came with; `None` for one that is not in the table.
pub fn driver_of(cuda: CudaVersion) -> Option<DriverVersion> {
    RELEASES.iter().find(|release| release.cuda == cuda).map(|release| release.driver)
}

/// A generation of GPUs.
#[derive(Clone, Copy, Debug)]
pub struct Architecture {
    /// Its name.
    pub name: &'static str,
    /// Lowest and highest compute capability, as major and minor number.
    pub capabilities: ((u32, u32), (u32, u32)),
    /// The first CUDA release that compiles for it.
    pub first_cuda: CudaVersion,
    /// The last CUDA major version that compiles for it; `None` while it is supported.
    pub last_cuda_major: Option<u32>,
}

const fn architecture(
    name: &'static str,
    capabilities: ((u32, u32), (u32, u32)),
    first_cuda: (u32, u32),
    last_cuda_major: Option<u32>,
) -> Architecture {
    Architecture { name, capabilities, first_cuda: CudaVersion::new(first_cuda.0, first_cuda.1), last_cuda_major }
}

/// Generations, oldest first.
/// Source: docs.nvidia.com, CUDA Toolkit, Driver, and Architecture Matrix; for 10.3 and 12.1 the CUDA
/// Features Archive of 12.9.1. Capabilities of Jetson boards that the matrix does not name are not here.
pub const ARCHITECTURES: &[Architecture] = &[
    architecture("Kepler", ((3, 0), (3, 2)), (6, 0), Some(10)),
    architecture("Kepler", ((3, 5), (3, 7)), (6, 0), Some(11)),
    architecture("Maxwell", ((5, 0), (5, 3)), (6, 5), Some(12)),
    architecture("Pascal", ((6, 0), (6, 1)), (8, 0), Some(12)),
    architecture("Volta", ((7, 0), (7, 0)), (9, 0), Some(12)),
    architecture("Turing", ((7, 5), (7, 5)), (10, 0), None),
    architecture("Ampere", ((8, 0), (8, 6)), (11, 0), None),
    architecture("Ada", ((8, 9), (8, 9)), (11, 8), None),
    architecture("Hopper", ((9, 0), (9, 0)), (11, 8), None),
    architecture("Blackwell", ((10, 0), (10, 0)), (12, 8), None),
    architecture("Blackwell", ((10, 3), (10, 3)), (12, 9), None),
    architecture("Blackwell", ((12, 0), (12, 0)), (12, 8), None),
    architecture("Blackwell", ((12, 1), (12, 1)), (12, 9), None),
];

/// The generation of a compute capability such as `8.6`.
pub fn architecture_of(capability: &str) -> Option<&'static Architecture> {
    let version = CudaVersion::parse(capability)?;
    let number = (version.major, version.minor);
    ARCHITECTURES.iter().find(|each| each.capabilities.0 <= number && number <= each.capabilities.1)
}

/// Compute capability by the product's name, for hosts whose library did not say.
/// Source: developer.nvidia.com/cuda-gpus and /cuda-legacy-gpus; rows of 7.5, 8.0 and 8.6 that the stored
/// copy cuts off, from older copies of the same list.
const PRODUCTS: &[(&str, &str)] = &[
    ("GTX 970", "5.2"),
    ("GTX 980", "5.2"),
    ("GTX 1050", "6.1"),
    ("GTX 1060", "6.1"),
    ("GTX 1070", "6.1"),
    ("GTX 1080", "6.1"),
    ("GTX 1650", "7.5"),
    ("RTX 2060", "7.5"),
    ("RTX 2080", "7.5"),
    ("RTX 3060", "8.6"),
    ("RTX 3080", "8.6"),
    ("RTX 3090", "8.6"),
    ("RTX 4050", "8.9"),
    ("RTX 4060", "8.9"),
    ("RTX 4070", "8.9"),
    ("RTX 4080", "8.9"),
    ("RTX 4090", "8.9"),
    ("RTX 5050", "12.0"),
    ("RTX 5060", "12.0"),
    ("RTX 5070", "12.0"),
    ("RTX 5080", "12.0"),
    ("RTX 5090", "12.0"),
    ("M40", "5.2"),
    ("M60", "5.2"),
    ("P100", "6.0"),
    ("P4", "6.1"),
    ("P40", "6.1"),
    ("V100", "7.0"),
    ("TITAN V", "7.0"),
    ("T4", "7.5"),
    ("A100", "8.0"),
    ("A30", "8.0"),
    ("A10", "8.6"),
    ("A40", "8.6"),
    ("L4", "8.9"),
    ("L40", "8.9"),
    ("L40S", "8.9"),
    ("H100", "9.0"),
    ("H200", "9.0"),
    ("GH200", "9.0"),
    ("B200", "10.0"),
    ("GB200", "10.0"),
    ("B300", "10.3"),
    ("GB300", "10.3"),
    ("GB10", "12.1"),
];

/// The compute capability of a product; `None` for a name that is not in the table.
pub fn capability_of(product: &str) -> Option<&'static str> {
    let words = words(product);
    let is_named = |name: &str| {
        let name: Vec<&str> = name.split(' ').collect();
        words.windows(name.len()).any(|part| part == name)
    };
    PRODUCTS.iter().find(|(name, _)| is_named(name)).map(|(_, capability)| *capability)
}

/// Words of a product's name: `Tesla V100-SXM2-16GB` has four.
fn words(product: &str) -> Vec<&str> {
    product.split([' ', '-']).collect()
}

/// Words in the names of products that CUDA's forward compatibility packages serve, and of those that
/// they do not.
/// Source: docs.nvidia.com, CUDA Compatibility, "Forward Compatibility" (data centre GPUs and select
/// boards); which are data centre GPUs, from the pages above `PRODUCTS`. Not verified: A800, H20, H800,
/// B100, GRID; they only keep CG501 silent.
const SERVED: &[&str] = &[
    "Tesla", "A100", "A800", "A10", "A16", "A2", "A30", "A40", "H100", "H200", "H800", "H20", "GH200", "L4", "L40",
    "L40S", "T4", "V100", "P100", "P40", "P4", "M40", "M60", "B100", "B200", "B300", "GB200", "GB300", "GRID",
];
const NOT_SERVED: &[&str] = &["GeForce", "GTX", "TITAN"];

/// Whether a product is one that forward compatibility serves; `None` for a name that says neither.
pub fn is_data_centre(product: &str) -> Option<bool> {
    let words = words(product);
    let has = |names: &[&str]| words.iter().any(|word| names.contains(word));
    if has(NOT_SERVED) { Some(false) } else { has(SERVED).then_some(true) }
}
