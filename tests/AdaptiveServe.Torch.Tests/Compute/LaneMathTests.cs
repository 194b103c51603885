using AdaptiveServe.Torch.Compute.Cpu;

namespace AdaptiveServe.Torch.Tests.Compute;

public class LaneMathTests
{
    [Theory, InlineData(128), InlineData(256), InlineData(512)]
    public void Exp_WholeRange_EqualsDouble(int width) => Widths.Run(width, new ExpCheck());

    [Theory, InlineData(128), InlineData(256), InlineData(512)]
    public void LoadFloat16_EveryFiniteValue_IsExact(int width) => Widths.Run(width, new Float16Check());

    [Theory, InlineData(128), InlineData(256), InlineData(512)]
    public void LoadBFloat16_EveryValue_IsExact(int width) => Widths.Run(width, new BFloat16Check());

    private sealed class ExpCheck : ILanesCheck
    {
        public void Run<TLanes>()
            where TLanes : struct, ILanes<TLanes>
        {
            for (float x = -87; x <= 88; x += 0.00731f) Assert.Equal(1, Exp<TLanes>(x) / Math.Exp(x), 2e-7);
            foreach (float x in (float[])[-87.01f, -1000, -1e30f, float.NegativeInfinity]) Assert.Equal(0, Exp<TLanes>(x));
            Assert.Equal(1, Exp<TLanes>(0));
            Assert.Equal(double.NaN, Exp<TLanes>(float.NaN));
        }

        private static unsafe double Exp<TLanes>(float x)
            where TLanes : struct, ILanes<TLanes>
        {
            float* lanes = stackalloc float[16];
            TLanes.Store(LaneMath.Exp(TLanes.Broadcast(x)), lanes);
            return lanes[TLanes.Width - 1];
        }
    }

    private sealed class Float16Check : ILanesCheck
    {
        public unsafe void Run<TLanes>()
            where TLanes : struct, ILanes<TLanes>
        {
            uint* words = stackalloc uint[16];
            float* lanes = stackalloc float[16];
            for (uint bits = 0; bits <= ushort.MaxValue; bits++)
            {
                float expected = (float)BitConverter.UInt16BitsToHalf((ushort)bits);
                if (!float.IsFinite(expected)) continue;
                uint other = ~bits << 16;
                for (int i = 0; i < 16; i++) words[i] = i % 2 == 0 ? bits | other : bits << 16 | other >> 16;
                TLanes.LoadFloat16(words, out TLanes lower, out TLanes upper);
                TLanes.Store(lower, lanes);
                Assert.Equal(expected, lanes[0]);
                TLanes.Store(upper, lanes);
                Assert.Equal(expected, lanes[1]);
            }
        }
    }

    private sealed class BFloat16Check : ILanesCheck
    {
        public unsafe void Run<TLanes>()
            where TLanes : struct, ILanes<TLanes>
        {
            uint* words = stackalloc uint[16];
            float* lanes = stackalloc float[16];
            for (uint bits = 0; bits <= ushort.MaxValue; bits++)
            {
                for (int i = 0; i < 16; i++) words[i] = bits | ~bits << 16;
                TLanes.LoadBFloat16(words, out TLanes lower, out TLanes upper);
                TLanes.Store(lower, lanes);
                Assert.Equal(bits << 16, BitConverter.SingleToUInt32Bits(lanes[0]));
                TLanes.Store(upper, lanes);
                Assert.Equal(~bits << 16, BitConverter.SingleToUInt32Bits(lanes[TLanes.Width - 1]));
            }
        }
    }
}
