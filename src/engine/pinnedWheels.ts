/** Which wheels TensorFlow's libraries come from, each pinned to one version and one file. */

export interface Wheel {
  /** As pip takes it. */
  readonly requirement: string;
  readonly sha256: string;
  readonly bytes: number;
}

export interface WheelSet {
  /** Of the folder that holds them unpacked. */
  readonly name: string;
  /** pip's names of the platforms to choose wheels for. */
  readonly platforms: readonly string[];
  readonly wheels: readonly Wheel[];
  /** On the disk, beside the wheels themselves. */
  readonly unpackedBytes: number;
}

export const TENSORFLOW_VERSION = '2.21.0';

/** @returns null for a platform without wheels, and for CUDA anywhere but on Linux x64 */
export function pinnedWheels(
  { gpu }: { gpu: boolean },
  { platform, arch }: { platform: string; arch: string } = process,
): WheelSet | null {
  const target = `${platform}-${arch}`;
  if (gpu) return target === 'linux-x64' ? CUDA_WHEELS : null;
  return CPU_WHEELS[target] ?? null;
}

const CPU_WHEELS: Readonly<Record<string, WheelSet>> = {
  'linux-x64': {
    name: `tensorflow-${TENSORFLOW_VERSION}-cpu-linux-x64`,
    platforms: ['manylinux_2_27_x86_64'],
    unpackedBytes: 860e6,
    wheels: [
      {
        requirement: `tensorflow-cpu==${TENSORFLOW_VERSION}`,
        sha256: '2b847d217b02ee7731ed91431daf3250daa0196c3c94614d23be27232e6e5b6c',
        bytes: 273829956,
      },
    ],
  },
  'linux-arm64': {
    name: `tensorflow-${TENSORFLOW_VERSION}-cpu-linux-arm64`,
    platforms: ['manylinux_2_27_aarch64'],
    unpackedBytes: 890e6,
    wheels: [
      {
        requirement: `tensorflow==${TENSORFLOW_VERSION}`,
        sha256: '4b24aca16d527a3cf1c37f720c04c484c3d20f4d0fdfa98632ac8b9f3be6eb5c',
        bytes: 281828020,
      },
    ],
  },
  'darwin-arm64': {
    name: `tensorflow-${TENSORFLOW_VERSION}-cpu-darwin-arm64`,
    platforms: ['macosx_12_0_arm64'],
    unpackedBytes: 750e6,
    wheels: [
      {
        requirement: `tensorflow==${TENSORFLOW_VERSION}`,
        sha256: '51f46f4806139d01fc7920cc72a4c75876f80649bf40ff083ab6212ceb43ca88',
        bytes: 223405849,
      },
    ],
  },
};

/** TensorFlow's extra "and-cuda", at the newest versions that its bounds admit. */
const CUDA_WHEELS: WheelSet = {
  name: `tensorflow-${TENSORFLOW_VERSION}-cuda-linux-x64`,
  platforms: ['manylinux_2_27_x86_64', 'manylinux_2_17_x86_64', 'manylinux2014_x86_64'],
  unpackedBytes: 6e9,
  wheels: [
    {
      requirement: 'tensorflow==2.21.0',
      sha256: '9056fbc9ba04235810b71ae6cbd958a196e8804fb53bbcffbf3e23b56155f124',
      bytes: 572440367,
    },
    {
      requirement: 'nvidia-cublas-cu12==12.9.3.13',
      sha256: 'd7d51055f161b317c7105ddaae90e71eda059026074ffef93cf7cde2886bfe72',
      bytes: 581217458,
    },
    {
      requirement: 'nvidia-cuda-cupti-cu12==12.8.90',
      sha256: 'ea0cb07ebda26bb9b29ba82cda34849e73c166c18162d3913575b0c9db9a6182',
      bytes: 10248621,
    },
    {
      requirement: 'nvidia-cuda-nvcc-cu12==12.9.86',
      sha256: '5d6a0d32fdc7ea39917c20065614ae93add6f577d840233237ff08e9a38f58f0',
      bytes: 40546229,
    },
    {
      requirement: 'nvidia-cuda-nvrtc-cu12==12.9.86',
      sha256: '210cf05005a447e29214e9ce50851e83fc5f4358df8b453155d5e1918094dcb4',
      bytes: 89568129,
    },
    {
      requirement: 'nvidia-cuda-runtime-cu12==12.9.79',
      sha256: '25bba2dfb01d48a9b59ca474a1ac43c6ebf7011f1b0b8cc44f54eb6ac48a96c3',
      bytes: 3493179,
    },
    {
      requirement: 'nvidia-cudnn-cu12==9.28.0.42',
      sha256: '9ff58b7f36dacd0a93e89f8f2957b52466889217963701daa15e577317cfa375',
      bytes: 716538495,
    },
    {
      requirement: 'nvidia-cufft-cu12==11.4.1.4',
      sha256: 'c67884f2a7d276b4b80eb56a79322a95df592ae5e765cf1243693365ccab4e28',
      bytes: 200877592,
    },
    {
      requirement: 'nvidia-curand-cu12==10.3.10.19',
      sha256: '49b274db4780d421bd2ccd362e1415c13887c53c214f0d4b761752b8f9f6aa1e',
      bytes: 68295626,
    },
    {
      requirement: 'nvidia-cusolver-cu12==11.7.5.82',
      sha256: '15da72d1340d29b5b3cf3fd100e3cd53421dde36002eda6ed93811af63c40d88',
      bytes: 338117415,
    },
    {
      requirement: 'nvidia-cusparse-cu12==12.5.10.65',
      sha256: '73060ce019ac064a057267c585bf1fd5a353734151f87472ff02b2c5c9984e78',
      bytes: 366465088,
    },
    {
      requirement: 'nvidia-nccl-cu12==2.32.3',
      sha256: 'bb94b2348e4861d5e8aa00b36c3d12d9bdf9c6369b82cbb723de0b582280a21c',
      bytes: 351526311,
    },
    {
      requirement: 'nvidia-nvjitlink-cu12==12.9.86',
      sha256: 'e3f1171dbdc83c5932a45f0f4c99180a70de9bd2718c1ab77d14104f6d7147f9',
      bytes: 39748338,
    },
  ],
};
