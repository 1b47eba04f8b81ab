"""What must hold in the networks whatever the weights; their numbers are in test_parity."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from sam.modeling.common import LayerNorm2d, join_windows, split_windows
from sam.modeling.mask_decoder import MaskDecoder
from sam.modeling.padding import skip_padding, skippable
from sam.modeling.prompt_encoder import PromptEncoder
from sam.modeling.tiny_vit import TinyVit, TinyVitSize
from sam.modeling.transformer import _CrossAttention


@pytest.fixture(scope="module")
def tiny() -> TinyVit:
    """A TinyViT of a few channels with drawn weights and drawn statistics."""
    with torch.random.fork_rng():
        torch.manual_seed(2)
        network = TinyVit(TinyVitSize(dims=(8, 16, 20, 40))).eval().requires_grad_(False)
        for module in network.modules():
            if isinstance(module, nn.BatchNorm2d):
                module.running_mean.normal_(0, 0.2)
                module.running_var.uniform_(0.5, 2)
                module.weight.uniform_(0.5, 2)
                module.bias.normal_(0, 0.2)
    return network


@settings(deadline=None)
@given(st.integers(1, 30), st.integers(1, 30), st.integers(1, 14), st.integers(1, 3))
def test_windows_come_back_as_they_were(height: int, width: int, side: int, batch: int) -> None:
    x = torch.arange(1, batch * height * width * 2 + 1).view(batch, height, width, 2)
    windows = split_windows(x, side)
    assert windows.shape[1:] == (side, side, 2)
    assert windows.shape[0] == batch * -(-height // side) * -(-width // side)
    assert torch.equal(join_windows(windows, height, width), x)
    assert windows.sum() == x.sum()  # the padding is zero


def test_a_window_holds_neighbours() -> None:
    x = torch.arange(36).view(1, 6, 6, 1)
    assert split_windows(x, 3)[1].flatten().tolist() == [3, 4, 5, 9, 10, 11, 15, 16, 17]


def test_the_norm_of_a_map_is_over_its_channels() -> None:
    x = torch.randn(2, 5, 3, 4, generator=torch.Generator().manual_seed(0))
    normalised = LayerNorm2d(5)(x)
    assert torch.allclose(normalised.mean(1), torch.zeros(2, 3, 4), atol=1e-6)
    assert torch.allclose(normalised.var(1, unbiased=False), torch.ones(2, 3, 4), atol=1e-4)


@torch.inference_mode()
def test_folded_norms_give_the_same_numbers(tiny: TinyVit) -> None:
    folded = TinyVit(TinyVitSize(dims=(8, 16, 20, 40))).eval()
    folded.load_state_dict(tiny.state_dict())
    canvas = torch.randn(1, 3, 128, 128, generator=torch.Generator().manual_seed(1))
    expected = tiny(canvas)
    folded.fold_norms()
    assert not any(isinstance(module, nn.BatchNorm2d) for module in folded.modules())
    assert torch.allclose(folded(canvas), expected, atol=1e-5)
    folded.fold_norms()
    assert torch.allclose(folded(canvas), expected, atol=1e-5)


@torch.inference_mode()
@pytest.mark.parametrize("axis", [2, 3])
@pytest.mark.parametrize("filled", [1, 63, 100, 184, 185, 193, 256])
def test_skipped_padding_changes_nothing(tiny: TinyVit, filled: int, axis: int) -> None:
    convolutions = nn.Sequential(tiny.patch_embed, tiny.layers[0])
    canvas = torch.zeros(2, 3, 256, 256)
    canvas.narrow(axis, 0, filled).normal_(generator=torch.Generator().manual_seed(filled))
    expected = convolutions(canvas)
    seen: list[Tensor] = []
    convolutions.register_forward_hook(lambda _module, arguments, _output: seen.extend(arguments))
    assert torch.allclose(skip_padding(convolutions, canvas, skippable(canvas)), expected, atol=1e-5)
    lines = seen[0].shape[axis]
    assert lines < filled + 72 if filled <= 184 else lines == 256


@torch.inference_mode()
def test_a_blank_canvas_is_convolved_too(tiny: TinyVit) -> None:
    convolutions = nn.Sequential(tiny.patch_embed, tiny.layers[0])
    blank = torch.zeros(1, 3, 256, 256)
    assert torch.allclose(skip_padding(convolutions, blank, skippable(blank)), convolutions(blank), atol=1e-5)


def test_a_grid_position_is_that_of_a_point_in_its_cell() -> None:
    encoder = PromptEncoder().requires_grad_(False)
    encoder.pe_layer.positional_encoding_gaussian_matrix.normal_(generator=torch.Generator().manual_seed(0))
    encoder.point_embeddings[1].weight.zero_()
    # The centre of the cell in column 5, row 9; a point means the centre of its pixel.
    point = torch.tensor([[[5 * 16 + 7.5, 9 * 16 + 7.5]]])
    sparse, dense = encoder(point, torch.ones(1, 1, dtype=torch.int64), None, None)
    assert torch.allclose(sparse[0, 0], encoder.grid_positions()[0, :, 9, 5], atol=1e-5)
    assert torch.equal(sparse[0, 1], encoder.not_a_point_embed.weight[0])
    assert dense.shape == (1, 256, 1, 1)


@torch.inference_mode()
def test_what_an_image_is_asked_again_gives_the_same_without_projecting_it_again() -> None:
    draw = torch.Generator().manual_seed(3)
    decoder = MaskDecoder().eval()
    features, other = (torch.randn(1, 256, 8, 8, generator=draw) for _ in range(2))
    positions = torch.randn(1, 256, 8, 8, generator=draw)
    nothing = torch.randn(1, 256, 1, 1, generator=draw)
    clicks = torch.randn(2, 3, 256, generator=draw)
    projected: list[int] = []
    layer: nn.Linear = decoder.transformer.layers[0].cross_attn_token_to_image.k_proj
    layer.register_forward_hook(lambda *_: projected.append(1))

    def ask(image: Tensor, sparse: Tensor, dense: Tensor = nothing) -> Tensor:
        masks: Tensor = decoder(image, positions, sparse, dense, is_ambiguous=True)[0]
        return masks

    both, again = ask(features, clicks), ask(features, clicks[1:])
    assert len(projected) == 1
    assert torch.allclose(both[1:], again, atol=1e-5)
    of_other = ask(other, clicks[1:])
    assert not torch.allclose(of_other, again, atol=1e-2)
    assert torch.allclose(ask(features.clone(), clicks[1:]), again, atol=1e-5)
    assert torch.allclose(ask(other, clicks, nothing.expand(-1, -1, 8, 8))[1:], of_other, atol=1e-5)
    assert len(projected) == 3  # once for every image in turn; with a mask of its own few tokens need none


@torch.inference_mode()
@pytest.mark.parametrize("tokens", [1, 7, 12, 13])
def test_few_tokens_hear_and_tell_cells_what_many_do(tokens: int) -> None:
    draw = torch.Generator().manual_seed(5)
    attention = MaskDecoder().eval().transformer.layers[0].cross_attn_image_to_token
    assert isinstance(attention, _CrossAttention)
    for parameter in attention.parameters():
        parameter.copy_(torch.randn(parameter.shape, generator=draw) / parameter.shape[-1] ** 0.5)
    words, spoken = (torch.randn(2, tokens, 256, generator=draw) for _ in range(2))
    placed, cells = (torch.randn(2, 30, 256, generator=draw) for _ in range(2))
    heard, told = attention.to_image(words, placed, cells), attention.to_tokens(placed, words, spoken)
    assert torch.allclose(heard, attention(words, placed, cells), atol=1e-5)
    assert torch.allclose(told, attention(placed, words, spoken), atol=1e-5)
    assert heard.std() > 0.1


@torch.inference_mode()
def test_finer_features_are_those_of_transposed_convolutions() -> None:
    draw = torch.Generator().manual_seed(6)
    upscaling = MaskDecoder().eval().output_upscaling
    for parameter in upscaling.parameters():
        parameter.copy_(torch.randn(parameter.shape, generator=draw) / 8)
    cells = torch.randn(2, 256, 3, 5, generator=draw)
    finer = upscaling(cells.flatten(2).transpose(1, 2), (3, 5))
    assert finer.shape == (2, 32, 12, 20)
    assert torch.allclose(finer, nn.Sequential(*upscaling)(cells), atol=1e-4)
    assert finer.std() > 0.05


@torch.inference_mode()
def test_a_prompt_that_is_asked_about_again_for_more_masks_is_not_attended_to_twice() -> None:
    draw = torch.Generator().manual_seed(4)
    decoder = MaskDecoder().eval()
    features, other = (torch.randn(1, 256, 8, 8, generator=draw) for _ in range(2))
    positions, logits = (torch.randn(1, 256, 8, 8, generator=draw) for _ in range(2))
    click, moved = (torch.randn(1, 3, 256, generator=draw) for _ in range(2))
    attended: list[int] = []
    decoder.transformer.register_forward_hook(lambda *_: attended.append(1))

    def ask(image: Tensor, sparse: Tensor, dense: Tensor, *, is_ambiguous: bool) -> Tensor:
        masks: Tensor = decoder(image, positions, sparse, dense, is_ambiguous=is_ambiguous)[0]
        return masks

    one = ask(features, click, logits, is_ambiguous=False)
    three = ask(features, click, logits.clone(), is_ambiguous=True)
    assert (one.shape[1], three.shape[1], len(attended)) == (1, 3, 1)
    for image, sparse, dense in (
        (features, moved, logits),
        (features, click, logits + 1),
        (other, click, logits),
    ):
        before = len(attended)
        assert not torch.allclose(ask(image, sparse, dense, is_ambiguous=True), three, atol=1e-3)
        assert len(attended) == before + 1
    assert torch.equal(ask(features, click, logits, is_ambiguous=True), three)
    assert len(attended) == 5
