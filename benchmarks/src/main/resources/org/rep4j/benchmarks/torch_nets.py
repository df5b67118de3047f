"""RepVGG blocks and a classifier in PyTorch, trained and run one step at a time when asked to. TorchNets starts it.

Arguments: batch, side of an image, classes, widths of the blocks, their strides (both separated by commas).
Prints PyTorch's version and how many numbers the net holds; then, for each line it reads ("step": a training step,
"train form" or "deploy form": an inference in that form), how many milliseconds that took.
"""

import sys
import time

import torch
from torch import nn
from torch.nn import functional


class Branch(nn.Sequential):
    def __init__(self, inputs, outputs, kernel, stride):
        super().__init__(
            nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, bias=False), nn.BatchNorm2d(outputs)
        )


class Block(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.branches = nn.ModuleList([Branch(inputs, outputs, 3, stride), Branch(inputs, outputs, 1, stride)])
        if inputs == outputs and stride == 1:
            self.branches.append(nn.BatchNorm2d(outputs))

    def forward(self, x):
        return functional.relu(sum(branch(x) for branch in self.branches))

    def deployed(self):
        """One 3x3 convolution with a bias: each branch's kernel and shift, times what its batch normalization scales by."""
        dense = self.branches[0][0]
        result = nn.Conv2d(dense.in_channels, dense.out_channels, 3, dense.stride, 1)
        with torch.no_grad():
            result.weight.zero_()
            result.bias.zero_()
            for branch in self.branches:
                norm = branch if isinstance(branch, nn.BatchNorm2d) else branch[1]
                scale = norm.weight / torch.sqrt(norm.running_var + norm.eps)
                result.weight += scale[:, None, None, None] * taps(branch)
                result.bias += norm.bias - scale * norm.running_mean
        return nn.Sequential(result, nn.ReLU())


def taps(branch):
    """A branch's convolution as a 3x3 kernel."""
    if isinstance(branch, nn.BatchNorm2d):
        return functional.pad(torch.eye(branch.num_features)[:, :, None, None], (1, 1, 1, 1))
    kernel = branch[0].weight
    return kernel if kernel.shape[-1] == 3 else functional.pad(kernel, (1, 1, 1, 1))


def classifier(blocks, width, classes):
    return nn.Sequential(*blocks, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(width, classes))


def deployed(net):
    return nn.Sequential(*(part.deployed() if isinstance(part, Block) else part for part in net)).eval()


def numbers(net):
    return sum(p.numel() for p in net.parameters()) + sum(b.numel() for b in net.buffers() if b.is_floating_point())


def main(batch, side, classes, widths, strides):
    torch.set_num_threads(1)
    torch.manual_seed(1)
    blocks = [Block(i, o, s) for i, o, s in zip([3, *widths], widths, strides)]
    net = classifier(blocks, widths[-1], classes)
    images = torch.randn(batch, 3, side, side)
    labels = torch.arange(batch) % classes
    optimizer = torch.optim.SGD(net.parameters(), lr=0.01, momentum=0.9, nesterov=True)
    folded = None

    def step():
        net.train()
        optimizer.zero_grad()
        functional.cross_entropy(net(images), labels).backward()
        optimizer.step()

    @torch.inference_mode()
    def infer(form):
        form(images)

    print(torch.__version__, numbers(net), flush=True)
    for line in sys.stdin:
        task = line.strip()
        if task == "step":
            folded = None
        elif folded is None:
            net.eval()
            folded = deployed(net)
            with torch.inference_mode():
                torch.testing.assert_close(folded(images), net(images), rtol=1e-3, atol=1e-4)
        start = time.perf_counter()
        if task == "step":
            step()
        else:
            infer(net if task == "train form" else folded)
        print(1e3 * (time.perf_counter() - start), flush=True)


def split(text):
    return [int(number) for number in text.split(",")]


if __name__ == "__main__":
    main(*map(int, sys.argv[1:4]), *map(split, sys.argv[4:6]))
