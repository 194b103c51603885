Console.WriteLine("adaptiveserve-lab");
