"""Video networks of transformers with random weights, small enough for tests."""

from functools import cache
from typing import Any

import torch

from tracker.session_build import EDGE_TAM, SAM2, SAM3, SessionKind
from tracker.session_network import SessionNetwork

_MEMORY: dict[str, Any] = {
    "image_size": 128, "num_maskmem": 3, "max_object_pointers_in_encoder": 4, "max_cond_frame_num": 2,
    "memory_attention_hidden_size": 128, "memory_attention_num_layers": 1,
    "memory_attention_num_attention_heads": 1, "memory_attention_feed_forward_hidden_size": 64,
    "memory_attention_rope_feat_sizes": [8, 8], "memory_encoder_hidden_size": 128,
    "memory_encoder_output_channels": 64, "mask_downsampler_embed_dim": 128, "memory_fuser_num_layers": 1,
    "memory_fuser_embed_dim": 128, "memory_fuser_intermediate_dim": 64,
    "enable_occlusion_spatial_embedding": True, "enable_temporal_pos_encoding_for_object_pointers": True,
}  # fmt: skip
_DECODER = {"hidden_size": 128, "num_attention_heads": 2, "mlp_dim": 64, "iou_head_hidden_dim": 32}
_PROMPTS = {"hidden_size": 128, "image_size": 128, "patch_size": 16, "mask_input_channels": 8}
_HIERA = {
    "model_type": "sam2_hiera_det_model", "hidden_size": 12, "num_attention_heads": 1,
    "image_size": [128, 128], "blocks_per_stage": [1, 2, 2, 1], "embed_dim_per_stage": [12, 24, 48, 96],
    "num_attention_heads_per_stage": [1, 2, 4, 8], "window_size_per_stage": [8, 4, 8, 4],
    "global_attention_blocks": [2], "window_positional_embedding_background_size": [7, 7],
}  # fmt: skip
_SIZES = {"backbone_feature_sizes": [[32, 32], [16, 16], [8, 8]], "fpn_hidden_size": 128}


def _sam2() -> Any:
    from transformers import Sam2VideoConfig

    vision = {
        "model_type": "sam2_vision_model", "backbone_config": _HIERA,
        "backbone_channel_list": [96, 48, 24, 12], **_SIZES,
    }  # fmt: skip
    return Sam2VideoConfig(
        vision_config=vision, prompt_encoder_config=_PROMPTS, mask_decoder_config=_DECODER, **_MEMORY
    )


def _edge_tam() -> Any:
    """With the image encoder of SAM 2: its own needs timm, which is not here."""
    from transformers import EdgeTamVideoConfig

    vision = {
        "model_type": "sam2_vision_model", "backbone_config": _HIERA,
        "backbone_channel_list": [96, 48, 24, 12], **_SIZES,
    }  # fmt: skip
    perceiver = {
        "perceiver_resampler_num_latents": 16, "perceiver_resampler_num_latents_2d": 16,
        "perceiver_resampler_mlp_intermediate_size": 64, "memory_attention_rope_k_sizes": [4, 4],
        "memory_attention_mlp_hidden_size": 64,
    }  # fmt: skip
    return EdgeTamVideoConfig(
        vision_config=vision, prompt_encoder_config=_PROMPTS, mask_decoder_config=_DECODER,
        **(_MEMORY | perceiver),
    )  # fmt: skip


def _sam3() -> Any:
    from transformers.models.sam3_tracker_video.configuration_sam3_tracker_video import Sam3TrackerVideoConfig

    backbone = {
        "model_type": "sam3_vit_model", "hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2,
        "num_attention_heads": 2, "image_size": 128, "patch_size": 16, "window_size": 4,
        "global_attn_indexes": [1], "pretrain_image_size": 64,
    }  # fmt: skip
    vision = {"model_type": "sam3_vision_model", "backbone_config": backbone, **_SIZES}
    return Sam3TrackerVideoConfig(
        vision_config=vision, prompt_encoder_config=_PROMPTS, mask_decoder_config=_DECODER, **_MEMORY
    )


KINDS: dict[str, tuple[SessionKind, Any]] = {
    "sam2": (SAM2, _sam2),
    "edgetam": (EDGE_TAM, _edge_tam),
    "sam3": (SAM3, _sam3),
}

SEEDS = {"sam2": 3, "edgetam": 3, "sam3": 0}
_GAIN = 1.5
_SEEN = 2.0  # objects are mostly taken for being in the picture


@cache
def tiny(name: str) -> SessionNetwork:
    """A network of random weights."""
    kind, config = KINDS[name]
    torch.manual_seed(SEEDS[name])
    model = kind.part(kind.model)(config()).eval()
    with torch.no_grad():  # as they come, weights are so small that memory makes no difference
        for parameter in model.parameters():
            if parameter.dim() >= 2:
                parameter.normal_(0, _GAIN / max(parameter[0].numel(), 1) ** 0.5)
        model.mask_decoder.pred_obj_score_head.proj_out.bias.fill_(_SEEN)
    return kind.network(model, f"tiny {name}")
