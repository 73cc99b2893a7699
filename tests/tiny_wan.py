"""A random checkpoint of the real Wan2.2 architecture, about 1 MB, whose VAE carries colours and places untrained.

The shortcuts of the residual VAE hand block means through when all other branches are silent. The weights written here
keep those shortcuts, tell the four frames of a latent apart, and add a little noise, so that the round trip is lossy.
"""

import string
from pathlib import Path

import torch
from diffusers import AutoencoderKLWan, UniPCMultistepScheduler, WanPipeline, WanTransformer3DModel
from transformers import T5Tokenizer, UMT5Config, UMT5EncoderModel

WORDS = ("a", "the", "in", "on", "with", "and", "cat", "fox", "runs", "walks", "street", "night", "sea", "flat", "red")
CHANNELS, OLDER_CHANNELS = 48, 16
BASE = 4
"""Channels of the VAE's widest level: three colours and one that carries a constant through its norms."""
LEVEL = 24.0
"""The constant; the norms divide by it, so that colours stay in the straight part of SiLU."""
NOISE = 0.04


def build(folder: Path, older: bool = False) -> Path:
    """Write the checkpoint to `folder` in the layout of diffusers and return it; the weights are always the same.

    `older` builds Wan2.1 instead: 16 channels, blocks of 8x8 pixels, a VAE that carries nothing.
    """
    with torch.random.fork_rng():
        torch.manual_seed(0)
        pipeline = WanPipeline(
            tokenizer=_tokenizer(),
            text_encoder=_text_encoder(),
            vae=_older_vae() if older else _vae(),
            transformer=_transformer(OLDER_CHANNELS if older else CHANNELS),
            scheduler=UniPCMultistepScheduler(
                prediction_type="flow_prediction", use_flow_sigmas=True, num_train_timesteps=1000, flow_shift=5.0
            ),
            expand_timesteps=not older,
        )
    pipeline.save_pretrained(folder, safe_serialization=True)
    return folder


def _tokenizer() -> T5Tokenizer:
    """Return a tokenizer of words and single characters that needs no vocabulary file."""
    vocabulary = [("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0), ("▁", -2.0)]
    vocabulary += [("▁" + word, -3.0) for word in WORDS]
    vocabulary += [(sign, -5.0) for sign in string.ascii_letters + string.digits + string.punctuation]
    return T5Tokenizer(vocab=vocabulary, extra_ids=0, model_max_length=512)


def _text_encoder() -> UMT5EncoderModel:
    shape = {"vocab_size": 4 + len(WORDS) + 94, "d_model": 32, "d_kv": 8, "d_ff": 37, "num_layers": 2, "num_heads": 4}
    buckets = {"relative_attention_num_buckets": 8, "relative_attention_max_distance": 16}
    return UMT5EncoderModel(UMT5Config(**shape, **buckets, feed_forward_proj="gated-gelu")).eval()


def _transformer(channels: int) -> WanTransformer3DModel:
    return WanTransformer3DModel(
        patch_size=(1, 2, 2),
        num_attention_heads=2,
        attention_head_dim=12,
        in_channels=channels,
        out_channels=channels,
        text_dim=32,
        freq_dim=32,
        ffn_dim=32,
        num_layers=2,
        cross_attn_norm=True,
        qk_norm="rms_norm_across_heads",
        rope_max_seq_len=64,
    ).eval()


def _older_vae() -> AutoencoderKLWan:
    return AutoencoderKLWan(base_dim=4, z_dim=OLDER_CHANNELS, num_res_blocks=1).eval()


def _vae() -> AutoencoderKLWan:
    vae = AutoencoderKLWan(
        base_dim=BASE,
        decoder_base_dim=BASE,
        z_dim=CHANNELS,
        dim_mult=[1, 2, 4, 4],
        num_res_blocks=1,
        temperal_downsample=[False, True, True],
        is_residual=True,
        in_channels=12,
        out_channels=12,
        patch_size=2,
        scale_factor_temporal=4,
        scale_factor_spatial=16,
        latents_mean=[0.02, -0.01] * (CHANNELS // 2),
        latents_std=[0.4, 0.5] * (CHANNELS // 2),
    ).eval()
    with torch.no_grad():
        spread = torch.linalg.qr(torch.randn(CHANNELS, 4 * (BASE - 1))).Q
        _hush(vae)
        _carry_in(vae, spread)
        _carry_out(vae, spread)
    return vae


def _hush(vae: AutoencoderKLWan) -> None:
    """Leave of every branch beside a shortcut only a little noise."""
    for name, module in vae.named_modules():
        branch = name.endswith(("conv2", "proj", "time_conv")) or ".resample.1" in name
        branch = branch or name.endswith(("conv_in", "conv_out", "conv_shortcut", "quant_conv"))
        if branch and hasattr(module, "weight"):
            module.weight.mul_(NOISE)
            module.bias.zero_()


def _carry_in(vae: AutoencoderKLWan, spread: torch.Tensor) -> None:
    """Let the encoder give the mean colour of each 16x16 block for each of up to four frames, spread over channels.

    Its shortcuts pair frames twice: channel 4 * colour + 2 * t + u holds frame 2 * u + t of a latent.
    """
    encoder, middle = vae.encoder, (1, 1)
    for colour in range(3):
        encoder.conv_in.weight[colour, 4 * colour : 4 * colour + 4, 2, *middle] += 0.25
    encoder.mid_block.resnets[-1].conv2.bias[12:] = LEVEL
    # the last block doubles; the norm gives 4 * x / (2 * LEVEL) of 16 channels; SiLU halves
    encoder.conv_out.weight[:CHANNELS, :12, 2, *middle] += spread * LEVEL / 2
    quant = torch.eye(2 * CHANNELS)
    vae.quant_conv.weight[..., 0, 0, 0] += quant
    vae.post_quant_conv.weight[..., 0, 0, 0] += quant[:CHANNELS, :CHANNELS]


def _carry_out(vae: AutoencoderKLWan, spread: torch.Tensor) -> None:
    """Let the decoder undo it: two doublings of time that choose a frame each, then four times the same colour."""
    decoder, middle, blocks = vae.decoder, (1, 1), vae.decoder.up_blocks
    decoder.conv_in.weight[:12, :, 2, *middle] += spread.T
    same = torch.eye(16)
    for block, step in ((blocks[0], 1), (blocks[1], 2)):
        chosen = torch.zeros(2, 16, 16)
        for late in (0, 1):
            for channel in range(12):
                if channel & step:
                    chosen[late, channel, channel - step * (1 - late)] = 1.0
        block.upsampler.time_conv.weight[:, :, 2, 0, 0] += (2 * chosen - same).reshape(32, 16)
        block.upsampler.resample[1].weight[:, :, *middle] += same
    for colour in range(3):
        blocks[2].resnets[0].conv_shortcut.weight[2 * colour, 4 * colour + 3] += 1.0
        blocks[2].upsampler.resample[1].weight[2 * colour, 2 * colour, *middle] += 1.0
        blocks[3].resnets[0].conv_shortcut.weight[colour, 2 * colour] += 1.0
        # twice doubled; the norm gives 2 * x / LEVEL of 4 channels; SiLU halves
        decoder.conv_out.weight[4 * colour : 4 * colour + 4, colour, 2, *middle] += LEVEL / 4
    blocks[3].resnets[-1].conv2.bias[3] = LEVEL
